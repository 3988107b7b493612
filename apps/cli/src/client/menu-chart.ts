import { type Screen, styled } from './text.js';

/** A menu to be drawn, with what the bid says its completions are worth. */
export interface ChartedMenu {
  readonly menu: readonly { readonly completion: number; readonly price: string }[];
  readonly best: { readonly completion: number } | null;
  readonly valuation: unknown;
  readonly arrival: number;
}

const ROWS = 10;
const WIDTH_MAX = 72;
const MARGIN = 12;

/** What finishing so many slots after arrival is worth, in credits; for drawing only: what counts is the market's. */
export function worthOf(valuation: unknown, d: number): number | undefined {
  if (typeof valuation !== 'object' || valuation === null) return undefined;
  const { kind, value, deadline, decay, scale, tau, width, values } = valuation as Readonly<Record<string, unknown>>;
  switch (kind) {
    case 'deadline':
      return d <= Number(deadline) ? Number(value) : 0;
    case 'linear':
      return Math.max(0, Number(value) - Number(decay) * d);
    case 'sigmoid':
      return (Number(scale) * Number(tau)) / (1 + Math.exp(d / Number(width)));
    case 'table':
      return Array.isArray(values) ? Number(values[d] ?? 0) : undefined;
    default:
      return undefined;
  }
}

/** The menu over completions: prices as bars, what they are worth as a line of `-`, the best as a bar of `#`. As wide as the screen has room for. */
export function menuChart(screen: Screen, { menu, best, valuation, arrival }: ChartedMenu): string {
  const width = Math.max(8, Math.min(WIDTH_MAX, screen.columns - MARGIN, menu.length));
  const each = Math.ceil(menu.length / width);
  const shownEntries = menu.filter(({ completion }, at) => at % each === 0 || completion === best?.completion);
  const points = shownEntries.map(({ completion, price }) => ({
    completion,
    price: Number(price),
    worth: worthOf(valuation, completion - arrival) ?? 0,
  }));
  const top = Math.max(...points.map(({ price }) => price));
  const limit = Math.max(top, Math.min(Math.max(...points.map(({ worth }) => worth)), 2 * top)) || 1;
  const lines = Array.from({ length: ROWS }, (_, at) =>
    rowText(screen, { points, best, from: (limit * (ROWS - 1 - at)) / ROWS, to: (limit * (ROWS - at)) / ROWS }),
  );
  const [first, last] = [points[0]?.completion ?? 0, points.at(-1)?.completion ?? 0];
  const axis = `${' '.repeat(MARGIN - 1)}└${'─'.repeat(points.length)}\n`;
  const gap = Math.max(1, points.length - String(first).length - String(last).length);
  const marks = `${' '.repeat(MARGIN)}${first}${' '.repeat(gap)}${last}  completion\n`;
  return `${lines.join('')}${axis}${marks}${' '.repeat(MARGIN)}█ price   # best   - worth to the bid\n`;
}

interface Band {
  readonly points: readonly { readonly completion: number; readonly price: number; readonly worth: number }[];
  readonly best: ChartedMenu['best'];
  readonly from: number;
  readonly to: number;
}

/** A line of the chart: what lies between two amounts. */
function rowText(screen: Screen, { points, best, from, to }: Band): string {
  const marks = points.map(({ completion, price, worth }) => {
    if (price > from) return completion === best?.completion ? styled(screen, 'green', '#') : '█';
    return worth > from && worth <= to ? styled(screen, 'yellow', '-') : ' ';
  });
  const label = to >= 100 ? to.toFixed(0) : to.toPrecision(3);
  return `${label.padStart(MARGIN - 2)} ┤${marks.join('').trimEnd()}\n`;
}
