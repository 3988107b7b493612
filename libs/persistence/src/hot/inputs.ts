import { at, invariant } from '#units';
import { jsonArray } from './columns.js';

/** How a column of rows travels: an array of a plain type, or one JSON array of texts that are JSON. */
type ColumnType = 'bigint' | 'int' | 'smallint' | 'text' | 'json';

/** A column of rows that a statement is given: its type, and what it is of a row. */
type Column<Row> = readonly [type: ColumnType, of: (row: Row) => unknown];

/** Rows that a statement is given, as a table of its own. */
export interface RowsInput<Row> {
  readonly columns: Readonly<Record<string, Column<Row>>>;
}

/** One value that a statement is given. */
export interface ValueInput {
  readonly type: string;
}

/** Rows as one array a column: the parameters of a statement. */
export const rows = <Row>(columns: Readonly<Record<string, Column<Row>>>): RowsInput<Row> => ({ columns });
/** A parameter of that type. */
export const value = (type: string): ValueInput => ({ type });

type Spec = Readonly<Record<string, RowsInput<never> | ValueInput>>;

/** What the inputs of a statement hold, by their names. */
type Given<Inputs extends Spec> = {
  readonly [Name in keyof Inputs]: Inputs[Name] extends RowsInput<infer Row> ? readonly Row[] : unknown;
};

/** The inputs of a statement: their places in its text, and their values in that order. */
export interface StatementInputs<Inputs extends Spec> {
  /** A value, as `$1`. */
  value(name: keyof Inputs & string): string;
  /** A column of rows as an array, as `$1::bigint[]`. */
  array(name: keyof Inputs & string, column: string): string;
  /** Rows as an item of FROM, with their columns by name. @param ordinality the name of a last column that counts them, where there is one. */
  from(name: keyof Inputs & string, alias: string, ordinality?: string): string;
  values(given: Given<Inputs>): unknown[];
}

/** Where a parameter stands: `$1` has the place 1. */
interface Place {
  readonly input: string;
  readonly column?: string;
  readonly type: string;
}

/**
 * Numbers the parameters of a statement in the order in which its inputs are named here, so that its text and its values cannot disagree about which is
 * which. Of rows, JSON columns come last: FROM lists what is unnested before what JSON holds.
 */
export function statementInputs<const Inputs extends Spec>(spec: Inputs): StatementInputs<Inputs> {
  const places = Object.entries(spec).flatMap(([input, one]): Place[] => ('columns' in one ? placesOf(input, one) : [{ input, ...one }]));
  const numberOf = (input: string, column?: string): number => {
    const at = places.findIndex((place) => place.input === input && place.column === column);
    invariant(at >= 0, `the statement is given ${input}${column === undefined ? '' : `.${column}`}`);
    return at + 1;
  };
  const arrayOf = (input: string, { column, type }: Place): string => `$${numberOf(input, column)}::${type}[]`;
  return {
    value: (name) => `$${numberOf(name)}`,
    array: (name, column) => arrayOf(name, at(places, numberOf(name, column) - 1)),
    from: (name, alias, ordinality) => {
      const own = places.filter(({ input }) => input === name);
      const plain = own.filter(({ type }) => type !== 'json').map((place) => arrayOf(name, place));
      const json = own.filter(({ type }) => type === 'json').map(({ column }) => `json_array_elements($${numberOf(name, column)}::json)`);
      const names = [...own.map(({ column }) => column), ...(ordinality === undefined ? [] : [ordinality])].join(', ');
      const functions = [...(plain.length === 0 ? [] : [`unnest(${plain.join(', ')})`]), ...json].join(', ');
      return `ROWS FROM (${functions})${ordinality === undefined ? '' : ' WITH ORDINALITY'} AS ${alias}(${names})`;
    },
    values: (given) => places.map((place) => valueAt(spec, given, place)),
  };
}

function placesOf(input: string, { columns }: RowsInput<never>): Place[] {
  const all = Object.entries(columns).map(([column, [type]]): Place => ({ input, column, type }));
  return [...all.filter(({ type }) => type !== 'json'), ...all.filter(({ type }) => type === 'json')];
}

function valueAt(spec: Spec, given: Readonly<Record<string, unknown>>, { input, column, type }: Place): unknown {
  if (column === undefined) return given[input];
  const [, of] = at((spec[input] as RowsInput<never>).columns, column);
  const values = (given[input] as readonly never[]).map(of);
  return type === 'json' ? jsonArray(values as string[]) : values;
}
