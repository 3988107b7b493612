import { BadInput, readText } from '../terminal.js';

/** JSON of a file; `-` is standard input. @throws BadInput where it can't be read, or is none. */
export async function jsonOf(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadInput([`${nameOf(file)}: is no JSON: ${(cause as Error).message}`]);
  }
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : file);

/** A bid of a file, and where it stands. */
export interface BidRow {
  readonly at: string;
  readonly body: object;
}

const FAULTS_MAX = 20;

/**
 * The bids of a file: one JSON object, a list of them, or an object on each line. @throws BadInput naming each row that is none; then none is used.
 */
export async function bidsOf(file: string): Promise<readonly BidRow[]> {
  const text = await readText(file);
  const name = nameOf(file);
  const whole = parsed(text);
  if (whole !== undefined)
    return objects(
      Array.isArray(whole) ? whole.map((value: unknown, at) => ({ at: `${name}: item ${at + 1}`, value })) : [{ at: name, value: whole }],
    );
  const lines = text.split('\n').map((line, at) => ({ at: `${name}: line ${at + 1}`, line: line.trim() }));
  const filled = lines.filter(({ line }) => line !== '');
  if (filled.length === 0) throw new BadInput([`${name}: holds no bid`]);
  return objects(filled.map(({ at, line }) => ({ at, value: parsed(line) })));
}

function objects(rows: readonly { readonly at: string; readonly value: unknown }[]): BidRow[] {
  const isBody = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
  const faults = rows.filter(({ value }) => !isBody(value)).map(({ at }) => `${at}: is no JSON object`);
  if (rows.length === 0) throw new BadInput(['holds no bid']);
  if (faults.length > 0)
    throw new BadInput(faults.length > FAULTS_MAX ? [...faults.slice(0, FAULTS_MAX), `… and ${faults.length - FAULTS_MAX} more`] : faults);
  return rows.map(({ at, value }) => ({ at, body: value as object }));
}

/** The JSON in a text; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says where
  }
}
