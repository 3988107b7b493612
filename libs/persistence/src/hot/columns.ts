/** Turns rows into one array per column: what `unnest` takes. */
export function columnsOf<Row>(rows: readonly Row[], ...pick: readonly ((row: Row) => unknown)[]): unknown[][] {
  return pick.map((value) => rows.map(value));
}

/** An integer array as Postgres writes it: unnest flattens nested arrays, so rows of arrays travel as text. */
export const intArray = (values: readonly (number | bigint)[]): string => `{${values.join(',')}}`;

/** Names of ours as SQL lists them: letters and underscores. */
export const textList = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** JSON texts as one array: as elements of an array of texts each would be quoted, and unquoted again. */
export const jsonArray = (texts: readonly string[]): string => `[${texts.join(',')}]`;

const TO_ESCAPE = /["\\]/;
const EACH_TO_ESCAPE = /["\\]/g;

/** An array of texts as Postgres writes it; few have anything to escape. */
export const textArray = (texts: readonly (string | null)[]): string => `{${texts.map(arrayElement).join(',')}}`;

function arrayElement(text: string | null): string {
  if (text === null) return 'NULL';
  return TO_ESCAPE.test(text) ? `"${text.replaceAll(EACH_TO_ESCAPE, '\\$&')}"` : `"${text}"`;
}
