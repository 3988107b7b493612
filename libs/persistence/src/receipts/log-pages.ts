import type { LogRecord, Row } from '#market';
import type { PoolClient } from 'pg';
import { at } from '#units';

/** Entries of the log that are read at a time. */
const PAGE_ENTRIES = 256;

/** A row with every column as text. */
const columnsAsText = (json: string): string => `(SELECT jsonb_object_agg(c.key, c.value) FROM jsonb_each_text(${json}) AS c)`;
const asText = (row: string): string => columnsAsText(`to_jsonb(${row})`);
const aggregated = (text: string, order: string): string => `coalesce(jsonb_agg(${text} ORDER BY ${order}), '[]')`;
/** A transfer that no entry names has no such column: so they were before it came, and receipts of them stay true. */
const TRANSFER = columnsAsText(`to_jsonb(t) - CASE WHEN t.sequence IS NULL THEN 'sequence' ELSE '' END`);

/** How a column is written as text, as a row as a whole would write it (asText): times and lists as JSON does, JSON as jsonb does. */
const PLAIN = (column: string): string => `${column}::text`;
const JSON_TEXT = (column: string): string => `${column}::jsonb::text`;
const TIME = (column: string): string => `to_jsonb(${column}) #>> '{}'`;

interface LogTable {
  readonly name: 'event' | 'decision' | 'bid' | 'allocation' | 'receipt';
  /** As it is called in the statement. */
  readonly alias: string;
  /** All of its columns, the first of which is never null. */
  readonly columns: Readonly<Record<string, (column: string) => string>>;
  /** Columns that came later: where one is null the row is told as it was before, and receipts of then stay true. */
  readonly later?: readonly string[];
}

const plain = (...names: readonly string[]): Record<string, typeof PLAIN> => Object.fromEntries(names.map((name) => [name, PLAIN]));

/**
 * The tables that every entry of a log has a row in, or may have. Their columns are named one by one: taking a row apart by what it consists
 * of costs ten times as much, and these are read for every bid, by the receipts and by whoever verifies.
 */
export const TABLES: readonly LogTable[] = [
  {
    name: 'event',
    alias: 'e',
    columns: { ...plain('market_id', 'sequence', 'kind', 'version', 'organisation_id'), payload: JSON_TEXT, at: TIME },
  },
  {
    name: 'decision',
    alias: 'd',
    columns: {
      ...plain('bid_id', 'market_id', 'sequence', 'epoch', 'outcome', 'arrival_slot', 'price_version', 'funds_micros', 'completion'),
      ...plain('value_micros', 'payment_micros'),
      reason: JSON_TEXT,
      decided_at: TIME,
      budgets: JSON_TEXT,
    },
    later: ['budgets'],
  },
  {
    name: 'bid',
    alias: 'b',
    columns: {
      ...plain('id', 'market_id', 'organisation_id', 'idempotency_key', 'request_hash', 'label'),
      body: JSON_TEXT,
      received_at: TIME,
      key_id: PLAIN,
    },
    later: ['key_id'],
  },
  {
    name: 'allocation',
    alias: 'a',
    columns: {
      ...plain('bid_id', 'market_id', 'payment_micros', 'kind'),
      lines: JSON_TEXT,
      plan: JSON_TEXT,
      ...plain('continues', 'replaces'),
    },
    later: ['continues', 'replaces'],
  },
  {
    name: 'receipt',
    alias: 'r',
    columns: plain('market_id', 'sequence', 'algorithm', 'input_hash', 'price_hash', 'rows', 'previous_hash', 'hash'),
  },
];

const textColumnsOf = ({ alias, columns }: LogTable): string =>
  Object.entries(columns)
    .map(([column, written]) => `${written(`${alias}.${column}`)} AS "${alias}.${column}"`)
    .join(', ');

/** A table's row out of a row of the statement; undefined where there was none. */
function rowOf({ alias, columns, later = [] }: LogTable, fields: Row): Row | undefined {
  const all = Object.keys(columns);
  if (fields[`${alias}.${all[0]}`] === null) return undefined;
  const names = all.filter((name) => !later.includes(name) || fields[`${alias}.${name}`] !== null);
  return Object.fromEntries(names.map((name) => [name, at(fields, `${alias}.${name}`)]));
}

/** A site's capacity changes, and so do a market's terms, clock, status and sequence: receipts leave them out. The log's entries tell them. */
const TERMS = `(to_jsonb(m) - '{status,slot,sequence,terms}'::text[])`;
/**
 * A window is settled and closed by later entries. Who opened it is told where that was not its operator, and which occurrence it is where it is one: so
 * windows were before those columns came.
 */
const WINDOW = `(to_jsonb(w) - '{settled_sequence,closed_sequence,closed_slot}'::text[] - CASE WHEN w.opened_by IS NULL THEN 'opened_by' ELSE '' END
  - CASE WHEN w.recurring_id IS NULL THEN '{recurring_id,occurs_at}'::text[] ELSE '{}'::text[] END)`;
const SITE = `(to_jsonb(s) - 'capacity_milli')`;

/** Of what an entry moved. */
const ORDER = 't.bid_id, t.slot, t.kind';

/**
 * read-log: a page of a market's log, each entry with the rows that were written with it.
 * Input:  market, sequence before the page, how many. Output: entries in order.
 * Events: none.
 * Retry:  safe; it reads.
 */
const READ_LOG = `
  SELECT ${TABLES.map(textColumnsOf).join(', ')}, placed.rows AS placements, moved.transfers, moved.entries,
    CASE WHEN d.budgets IS NOT NULL OR v.bid_id IS NOT NULL OR x.bid_id IS NOT NULL THEN (SELECT ${aggregated(asText('g'), 'g.budget_id, g.period')}
      FROM budget_entry g WHERE g.market_id = e.market_id AND g.sequence = e.sequence) END AS charges,
    CASE e.kind WHEN 'market_opened' THEN (SELECT ${columnsAsText(TERMS)} FROM market m WHERE m.id = e.market_id) END AS terms,
    CASE WHEN v.bid_id IS NOT NULL THEN ${asText('v')} END AS revision, CASE WHEN x.bid_id IS NOT NULL THEN ${asText('x')} END AS ending,
    CASE e.kind WHEN 'window_opened' THEN (SELECT ${columnsAsText(WINDOW)} FROM market_window w WHERE w.market_id = e.market_id AND w.sequence = e.sequence) END AS window,
    CASE e.kind WHEN 'site_added' THEN (SELECT ${columnsAsText(SITE)} FROM site s WHERE s.id::text = e.payload ->> 'siteId') END AS site
  FROM event e
  LEFT JOIN decision d ON d.market_id = e.market_id AND d.sequence = e.sequence
  LEFT JOIN bid b ON b.id = d.bid_id
  LEFT JOIN allocation a ON a.bid_id = d.bid_id
  LEFT JOIN allocation_revision v ON v.market_id = e.market_id AND v.sequence = e.sequence
  LEFT JOIN allocation_end x ON x.market_id = e.market_id AND x.sequence = e.sequence
  LEFT JOIN receipt r ON r.market_id = e.market_id AND r.sequence = e.sequence
  CROSS JOIN LATERAL (SELECT ${aggregated(asText('p'), 'p.revision, p.slot')} AS rows FROM placement p
    WHERE p.bid_id = coalesce(d.bid_id, v.bid_id) AND p.revision = coalesce(v.revision, 0)) AS placed
  CROSS JOIN LATERAL (
    SELECT ${aggregated(TRANSFER, ORDER)} AS transfers, coalesce(jsonb_agg(sides.rows ORDER BY ${ORDER}), '[]') AS entries
    FROM (
      SELECT h.* FROM transfer h WHERE h.kind = 'hold' AND h.bid_id = d.bid_id
      UNION ALL
      SELECT o.* FROM transfer o WHERE o.market_id = e.market_id AND o.sequence = e.sequence
      UNION ALL
      SELECT c.* FROM placement p JOIN transfer c ON c.kind = 'capture' AND c.bid_id = p.bid_id AND c.slot = p.slot
      WHERE e.kind = 'clock_advanced' AND e.version = 1 AND p.market_id = e.market_id
        AND p.slot >= (e.payload ->> 'from')::int AND p.slot < (e.payload ->> 'slot')::int
    ) AS t
    CROSS JOIN LATERAL (SELECT ${aggregated(asText('n'), 'n.amount_micros, n.account_id')} AS rows FROM entry n WHERE n.transfer_id = t.id) AS sides
  ) AS moved
  WHERE e.market_id = $1 AND e.sequence > $2 ORDER BY e.sequence LIMIT $3`;

interface LogRow {
  readonly terms: Row | null;
  readonly site: Row | null;
  readonly window: Row | null;
  readonly revision: Row | null;
  readonly ending: Row | null;
  readonly placements: Row[];
  readonly transfers: Row[];
  /** Per transfer. */
  readonly entries: Row[][];
  readonly charges: Row[] | null;
}

/** The page of a market's log after a sequence number, within a transaction whose time zone is UTC (beginReading). */
export async function readLog(client: PoolClient, marketId: bigint, after: bigint, limit = PAGE_ENTRIES): Promise<LogRecord[]> {
  const { rows } = await client.query<LogRow & Row>({ name: 'read-log', text: READ_LOG, values: [marketId, after, limit] });
  return rows.map(recordOf);
}

function recordOf({ terms, site, window, revision, ending, placements, transfers, entries, charges, ...fields }: LogRow & Row): LogRecord {
  const rows = TABLES.flatMap((table) => {
    const row = rowOf(table, fields);
    return row ? [[table.name, row] as const] : [];
  });
  const { event, ...others } = Object.fromEntries(rows) as { readonly event: Row } & Partial<Record<LogTable['name'], Row>>;
  return {
    ...others,
    ...(terms && { terms }),
    ...(site && { site }),
    ...(window && { window }),
    ...(revision && { revision }),
    ...(ending && { ending }),
    ...(charges && charges.length > 0 && { charges }),
    sequence: BigInt(event.sequence ?? 0),
    event,
    placements,
    transfers,
    entries: entries.flat(),
  };
}

/** Makes the transaction one snapshot for reading, in which times are written in UTC. */
export const beginReading = async (client: PoolClient): Promise<void> => {
  await client.query(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL TIME ZONE 'UTC'`);
};

/** The rows of a query that yields one `row` each, every column as text. */
export async function textRows(client: PoolClient, from: string, marketId: bigint): Promise<Row[]> {
  const { rows } = await client.query<{ row: Row }>(`SELECT ${asText('x')} AS row FROM ${from}`, [marketId]);
  return rows.map(({ row }) => row);
}
