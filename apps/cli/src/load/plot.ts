/** A line of a plot: x and y of each point, x rising. */
export interface Line {
  readonly name: string;
  /** A CSS class: its colour, in light and in dark. */
  readonly className: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A line over time, drawn with characters. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
  /** Where the x axis has marks, and what they say. */
  readonly xMarks: readonly (readonly [x: number, text: string])[];
}

const [WIDTH, HEIGHT] = [760, 300];
const EDGE = { left: 64, right: 16, top: 34, bottom: 46 };
const Y_MARKS = 5;

/** A plot as SVG text that stands by itself; colours come from the page's classes. */
export function svgOf({ title, xLabel, yLabel, lines, xMarks }: Plot): string {
  const all = lines.flatMap(({ points }) => points);
  const xMax = Math.max(...all.map(([x]) => x), ...xMarks.map(([x]) => x), Number.EPSILON);
  const yMax = niceAbove(Math.max(...all.map(([, y]) => y), Number.EPSILON));
  const x = (value: number): number => EDGE.left + (value / xMax) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number): number => HEIGHT - EDGE.bottom - (value / yMax) * (HEIGHT - EDGE.top - EDGE.bottom);
  const yMarks = Array.from({ length: Y_MARKS + 1 }, (_, index) => (yMax * index) / Y_MARKS);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<text class="title" x="${EDGE.left}" y="16">${escaped(title)}</text>`,
    ...yMarks.map((mark) => `<path class="grid" d="M${EDGE.left} ${y(mark).toFixed(1)}H${WIDTH - EDGE.right}"/>`),
    ...yMarks.map((mark) => `<text class="mark end" x="${EDGE.left - 8}" y="${(y(mark) + 4).toFixed(1)}">${short(mark)}</text>`),
    ...xMarks.map(
      ([at, text]) => `<text class="mark middle" x="${x(at).toFixed(1)}" y="${HEIGHT - EDGE.bottom + 18}">${escaped(text)}</text>`,
    ),
    `<text class="mark middle" x="${WIDTH / 2}" y="${HEIGHT - 6}">${escaped(xLabel)}</text>`,
    `<text class="mark" x="4" y="16">${escaped(yLabel)}</text>`,
    ...lines.map((line) => `<path class="line ${line.className}" d="${pathOf(line.points.map(([px, py]) => [x(px), y(py)]))}"/>`),
    ...lines.map((line, index) => legend(line, WIDTH - EDGE.right - (lines.length - index) * 130)),
    '</svg>',
  ].join('\n');
}

const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

const legend = ({ name, className }: Line, x: number): string =>
  `<path class="line ${className}" d="M${x} 12h18"/><text class="mark" x="${x + 24}" y="16">${escaped(name)}</text>`;

/** The next of 1, 2, 5, 10, 20, 50, … at or above a value. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10);
}

const short = (value: number): string => (value >= 10_000 ? `${Math.round(value / 1000)}k` : String(Number(value.toPrecision(3))));

/** Text within markup. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
