/** What a person's terminal can show. */
export interface Screen {
  readonly isTty: boolean;
  /** Characters of a line. */
  readonly columns: number;
  readonly hasColour: boolean;
}

/** As wide as a line is where nobody says. */
const COLUMNS = 80;

/** What a stream is shown on. */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const isTty = stream.isTTY === true;
  const columns = stream.columns ?? Number(env.COLUMNS);
  return { isTty, columns: columns > 0 ? columns : COLUMNS, hasColour: isTty && !env.NO_COLOR && env.TERM !== 'dumb' };
}

/** Ranges of what a terminal would act on instead of showing it: control characters, and those that turn the direction of writing. */
const UNSHOWN: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
];

const isShown = (code: number): boolean => UNSHOWN.every(([from, to]) => code < from || code > to);

/** Text of others, safe to show. */
export const shown = (text: string): string =>
  Array.from(text, (character) => (isShown(character.codePointAt(0) ?? 0) ? character : '\ufffd')).join('');

const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
/** A way to set text off. Nothing is told by it alone. */
export type Style = keyof typeof STYLES;

/** Sets text off, where the screen has colour. */
export const styled = ({ hasColour }: Pick<Screen, 'hasColour'>, style: Style, text: string): string =>
  hasColour ? `\u001b[${STYLES[style][0]}m${text}\u001b[${STYLES[style][1]}m` : text;

/** A column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
}

const GAP = '  ';

/** Rows under heads; where the screen is too narrow for a line a row, a block a row. */
export function tableOf<Row>(screen: Screen, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ of }) => shown(of(row))));
  const widths = columns.map(({ head }, at) => Math.max(head.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const width = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1));
  if (screen.isTty && width > screen.columns && rows.length > 0) return blocksOf(screen, columns, cells);
  const lineOf = (line: readonly string[]): string =>
    line
      .map((cell, at) => (columns[at]?.isNumber ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join(GAP)
      .trimEnd();
  const head = styled(screen, 'bold', lineOf(columns.map((column) => column.head)));
  return [head, ...cells.map(lineOf), ''].join('\n');
}

function blocksOf<Row>(screen: Screen, columns: readonly Column<Row>[], cells: readonly (readonly string[])[]): string {
  const width = Math.max(...columns.map(({ head }) => head.length));
  const blocks = cells.map((line) =>
    line.map((cell, at) => `${styled(screen, 'bold', (columns[at]?.head ?? '').padEnd(width))}${GAP}${cell}`).join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

/** Names with what they say, a line each. */
export function factsOf(screen: Screen, facts: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `${styled(screen, 'bold', name.padEnd(width))}${GAP}${shown(text)}\n`).join('');
}

const STEPS = '▁▂▃▄▅▆▇█';

/** Values as one line of bars, from zero to the largest; `width` at most, neighbours joined by their largest. */
export function barsOf(values: readonly number[], width: number): string {
  const each = Math.max(1, Math.ceil(values.length / Math.max(1, width)));
  const joined = Array.from({ length: Math.ceil(values.length / each) }, (_, at) => Math.max(...values.slice(at * each, (at + 1) * each)));
  const top = Math.max(...joined);
  return joined.map((value) => STEPS[top === 0 ? 0 : Math.min(STEPS.length - 1, Math.floor((value / top) * STEPS.length))]).join('');
}
