/**
 * A stored row, every column as text: numbers and timestamps (UTC) as Postgres writes them, JSON and arrays as jsonb writes them, null where
 * there is nothing. One form for hashing, comparing and naming.
 */
export type Row = Readonly<Record<string, string | null>>;

/** A table that a verification compares. */
export type RowTable =
  | 'market'
  | 'site'
  | 'event'
  | 'bid'
  | 'decision'
  | 'allocation'
  | 'placement'
  | 'transfer'
  | 'entry'
  | 'slot_usage'
  | 'account'
  | 'allocation_revision'
  | 'allocation_end'
  | 'market_window'
  | 'budget_entry'
  | 'receipt';

/** A row with its table. */
export interface NamedRow {
  readonly table: RowTable;
  readonly row: Row;
}

/** One entry of a market's log, with every row that was written together with it and never changes. */
export interface LogRecord {
  readonly sequence: bigint;
  readonly event: Row;
  /** The market's terms, with its opening. */
  readonly terms?: Row;
  /** The site without its capacity (which may change), with its addition. */
  readonly site?: Row;
  /** The window that the entry has opened, without what later entries do to it. */
  readonly window?: Row;
  /** Another plan of an allocation, or its end before its time. */
  readonly revision?: Row;
  readonly ending?: Row;
  readonly bid?: Row;
  readonly decision?: Row;
  readonly allocation?: Row;
  /** By slot. */
  readonly placements: readonly Row[];
  /** The hold of an accepted bid, or what else the entry moved: of a clock, what the slots that it has passed cost. By bid, slot and kind. */
  readonly transfers: readonly Row[];
  /** Both sides of those transfers; by transfer and amount. */
  readonly entries: readonly Row[];
  /** What the entry has taken of budgets, or given back; by budget and period. */
  readonly charges?: readonly Row[];
  /** The receipt, where it is written already. */
  readonly receipt?: Row;
}

/** Something that is not as it must be: the row by its table and key, and what is wrong with it. */
export interface Finding {
  /** Where in the log; absent for what the log as a whole leads to. */
  readonly sequence?: bigint | undefined;
  readonly table: RowTable;
  readonly key: string;
  readonly detail: string;
}

/** Columns that name a row to people. */
const KEYS: Readonly<Record<RowTable, readonly string[]>> = {
  market: ['id'],
  site: ['id'],
  event: ['market_id', 'sequence'],
  bid: ['id'],
  decision: ['bid_id'],
  allocation: ['bid_id'],
  placement: ['bid_id', 'revision', 'slot'],
  transfer: ['id'],
  entry: ['transfer_id', 'account_id'],
  slot_usage: ['market_id', 'slot'],
  account: ['id'],
  allocation_revision: ['bid_id', 'revision'],
  allocation_end: ['bid_id'],
  market_window: ['id'],
  budget_entry: ['bid_id', 'budget_id', 'period'],
  receipt: ['market_id', 'sequence'],
};

/** A row's key as people read it: `bid_id 17, slot 3`. */
export const keyOf = (table: RowTable, row: Row): string => KEYS[table].map((column) => `${column} ${row[column] ?? '-'}`).join(', ');

/** Every row of an entry that a receipt covers, always in the same order. */
export function rowsOf(record: LogRecord): NamedRow[] {
  const one = (table: RowTable, row: Row | undefined): NamedRow[] => (row ? [{ table, row }] : []);
  const many = (table: RowTable, rows: readonly Row[]): NamedRow[] => rows.map((row) => ({ table, row }));
  return [
    ...one('event', record.event),
    ...one('market', record.terms),
    ...one('site', record.site),
    ...one('market_window', record.window),
    ...one('allocation_revision', record.revision),
    ...one('allocation_end', record.ending),
    ...one('bid', record.bid),
    ...one('decision', record.decision),
    ...one('allocation', record.allocation),
    ...many('placement', record.placements),
    ...many('transfer', record.transfers),
    ...many('entry', record.entries),
    ...many('budget_entry', record.charges ?? []),
  ];
}

/** JSON text as a value. @returns undefined for what is no JSON. */
export function jsonOf(text: string | null | undefined): unknown {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
