import { EVENT_TYPES, eventIn, kindsThat, type LogEvent, marketTerms, payloadJson } from '#log';
import {
  FOLD_START,
  type LearningCursor,
  type LearningEntry,
  type LearningPage,
  type LearningSave,
  type LearningStart,
  type LearningStore,
  type LevelChange,
  learntTerms,
  type MeasuredBid,
  newestTerms,
  type PreparedLevel,
  type ReportingBid,
} from '#market';
import { NEW_LEARNING_RULE, type Report } from '#mechanism';
import { at, invariant } from '#units';
import type { Pool } from 'pg';
import { columnsOf, textList } from '../hot/columns.js';
import { holdMarket, inTransaction } from '../hot/index.js';
import { HEAD_COLUMNS, headOf, type HeadRow } from '../hot/state.js';

const IS_DECISION = "kind IN ('bid_accepted', 'bid_refused')";
/** Entries of the log that are read at a time. */
const PAGE_ENTRIES = 256;

/**
 * behind-markets: markets whose rule learns and whose logs go on after what is measured.
 * Input:  none. Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const BEHIND = `
  SELECT m.id FROM market m LEFT JOIN price_learning l ON l.market_id = m.id
  WHERE m.terms -> 'prices' ->> 'kind' = 'learning' AND m.sequence > coalesce(l.through, 0) ORDER BY m.id`;

const CURSOR = `SELECT through, since, slot, bids FROM price_learning WHERE market_id = $1`;

/**
 * learning-changes: what a market became up to an entry of its log: terms, sites and capacities, its last learnt level and move of the clock.
 * Input:  market, sequence. Output: entries in their order.
 * Events: none.
 * Retry:  safe; it reads.
 */
const CHANGES = `
  SELECT kind, version, payload FROM event e WHERE market_id = $1 AND sequence <= $2 AND (kind IN (${textList(kindsThat('rebuilt'))})
    OR sequence IN (SELECT max(sequence) FROM event WHERE market_id = $1 AND sequence <= $2 AND kind IN ('prices_changed', 'clock_advanced') GROUP BY kind))
  ORDER BY sequence`;

const ORIGIN = `SELECT ${HEAD_COLUMNS}, m.organisation_id, m.horizon_slots, m.chunk_kb, m.bandwidth_kb, m.resources FROM market m WHERE m.id = $1`;

const REPORTS = `
  SELECT slot, organisation_id, level_micros, slots, shares, weight FROM bid_density WHERE market_id = $1 AND slot >= $2`;

/**
 * learning-page: the next entries of a market's log with the bids of decisions, and the market's head, as of one moment.
 * Input:  market, sequence, the most entries. Output: a row for each entry; one without an entry where there is none.
 * Events: none.
 * Retry:  safe; it reads.
 */
const PAGE = `
  SELECT m.slot AS market_slot, m.status, m.sequence AS market_sequence, e.sequence, e.kind, e.version, e.payload,
    d.bid_id, d.arrival_slot, d.funds_micros, b.organisation_id, b.body
  FROM market m LEFT JOIN LATERAL (
    SELECT * FROM event WHERE market_id = m.id AND sequence > $2 ORDER BY sequence LIMIT $3
  ) e ON true
  LEFT JOIN decision d ON e.${IS_DECISION} AND d.market_id = m.id AND d.sequence = e.sequence LEFT JOIN bid b ON b.id = d.bid_id
  WHERE m.id = $1 ORDER BY e.sequence`;

/**
 * save-densities: moves a market's cursor on, and keeps what was measured. Input: market, cursor before, cursor, level of the next slot; per bid a column each.
 * Output: a row where the cursor stood there. Events: none. Retry: safe: the cursor has moved then.
 */
const MOVE = `
  INSERT INTO price_learning AS l (market_id, through, since, slot, bids, prepared_slot, prepared) VALUES ($1, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (market_id) DO UPDATE SET through = excluded.through, since = excluded.since, slot = excluded.slot, bids = excluded.bids,
      prepared_slot = excluded.prepared_slot, prepared = excluded.prepared
    WHERE l.through = $2 RETURNING market_id`;
const KEEP = `
  INSERT INTO bid_density (bid_id, market_id, slot, organisation_id, level_micros, slots, shares, weight)
  SELECT bid_id, $1, slot, organisation_id, level_micros, slots, shares::jsonb, weight
  FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::bigint[], $6::int[], $7::text[], $8::int[])
    AS x(bid_id, slot, organisation_id, level_micros, slots, shares, weight)
  ON CONFLICT (bid_id) DO NOTHING`;

/**
 * change-level: gives a market another level as the next entry of its log, where it stands in the same slot and has the same terms as when the level
 * was learnt, and nobody is being dealt with whom a window has hit. Input: market, slot, terms, the last entry that was counted, terms with the level, payload without
 * what was left, version, whether no bid may have been decided in the slot.
 * Output: a row where it was written. Events: prices_changed. Retry: safe: the terms are other ones then.
 */
const CHANGE_LEVEL = `
  WITH moved AS (
    UPDATE market SET sequence = sequence + 1, terms = $5 WHERE id = $1 AND slot = $2 AND terms = $3 AND status <> 'closed'
      AND NOT EXISTS (SELECT FROM market_window WHERE market_id = $1 AND settled_sequence IS NULL)
      AND NOT EXISTS (SELECT FROM event WHERE market_id = $1 AND event.sequence > $4 AND kind IN (${textList(kindsThat('rebuilt', 'releveled'))}))
      AND NOT ($8 AND has_decided_in_slot($1))
    RETURNING id, sequence
  ), entry AS (
    SELECT id, sequence, $6::jsonb || jsonb_build_object('left',
      (SELECT count(*) FROM event e WHERE e.market_id = $1 AND e.sequence > $4 AND e.sequence < moved.sequence AND e.${IS_DECISION})) AS payload FROM moved
  )
  SELECT append_entries(array_agg(id), array_agg(sequence), ARRAY['prices_changed'], ARRAY[$7::smallint], ARRAY[NULL::bigint], array_agg(payload::json), NULL)
  FROM entry HAVING count(*) > 0`;

/** What learning prices does in Postgres, over a pool. */
export function createLearningStore(pool: Pool): LearningStore {
  return {
    behind: async () => (await pool.query<{ id: bigint }>({ name: 'behind-markets', text: BEHIND })).rows.map(({ id }) => id),
    cursor: (marketId) => cursorOf(pool, marketId),
    start: (marketId) => start(pool, marketId),
    page: (marketId, after) => page(pool, marketId, after),
    save: (saving) => save(pool, saving),
    change: (change) => changeLevel(pool, change),
  };
}

type Queryable = Pick<Pool, 'query'>;

async function cursorOf(queryable: Queryable, marketId: bigint): Promise<LearningCursor> {
  const { rows } = await queryable.query<Omit<LearningCursor, 'since'> & { readonly since: number | null }>({
    name: 'learning-cursor',
    text: CURSOR,
    values: [marketId],
  });
  const [row] = rows;
  return row ? { ...row, since: row.since ?? undefined } : { ...FOLD_START, through: 0n };
}

interface OriginRow extends HeadRow {
  readonly organisation_id: bigint;
  readonly horizon_slots: number;
  readonly chunk_kb: bigint;
  readonly bandwidth_kb: bigint;
  readonly resources: string[];
}

interface ReportRow {
  readonly slot: number;
  readonly organisation_id: bigint;
  readonly level_micros: bigint;
  readonly slots: number;
  readonly shares: readonly number[];
  readonly weight: number;
}

const start = (pool: Pool, marketId: bigint): Promise<LearningStart> =>
  inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const cursor = await cursorOf(client, marketId);
    const { rows } = await client.query<OriginRow>({ name: 'learning-origin', text: ORIGIN, values: [marketId] });
    invariant(rows.length === 1, 'markets are never removed');
    const changes = await client.query<Pick<EntryRow, 'kind' | 'version' | 'payload'>>({
      name: 'learning-changes',
      text: CHANGES,
      values: [marketId, cursor.through],
    });
    const oldest = Math.max(cursor.since ?? 0, cursor.slot - at(rows, 0).horizon_slots);
    const reports = await client.query<ReportRow>({ name: 'learning-reports', text: REPORTS, values: [marketId, oldest] });
    return { cursor, origin: originOf(at(rows, 0)), changes: changes.rows.map(eventOf), reports: reports.rows.map(reportIn) };
  });

const originOf = (row: OriginRow): LearningStart['origin'] => ({
  head: { ...headOf(row), sequence: 0n, status: 'open', slot: 0 },
  operatorId: row.organisation_id,
  priceVersion: 0n,
  horizonSlots: row.horizon_slots,
  chunkKb: row.chunk_kb,
  bandwidthKb: row.bandwidth_kb,
  resources: row.resources,
  terms: newestTerms(NEW_LEARNING_RULE),
  sites: [],
});

const reportIn = (row: ReportRow): Report => ({
  slot: row.slot,
  organisationId: row.organisation_id,
  levelMicros: Number(row.level_micros),
  slots: row.slots,
  shares: row.shares,
  weight: row.weight,
});

interface EntryRow {
  readonly market_slot: number;
  readonly status: HeadRow['status'];
  readonly market_sequence: bigint;
  readonly sequence: bigint | null;
  readonly kind: string;
  readonly version: number;
  readonly payload: unknown;
  readonly bid_id: bigint | null;
  readonly arrival_slot: number;
  readonly funds_micros: bigint;
  readonly organisation_id: bigint;
  readonly body: ReportingBid['body'];
}

const eventOf = ({ kind, version, payload }: Pick<EntryRow, 'kind' | 'version' | 'payload'>): LogEvent =>
  eventIn({ kind, version, payload });

async function page(pool: Pool, marketId: bigint, after: bigint): Promise<LearningPage> {
  const { rows } = await pool.query<EntryRow>({ name: 'learning-page', text: PAGE, values: [marketId, after, PAGE_ENTRIES + 1] });
  const { market_slot: slot, status, market_sequence: sequence } = at(rows, 0);
  const entries = rows.slice(0, PAGE_ENTRIES).flatMap(entryOf);
  return { entries, hasMore: rows.length > PAGE_ENTRIES, head: { slot, status, sequence } };
}

function entryOf(row: EntryRow): LearningEntry[] {
  const { sequence, bid_id: bidId } = row;
  if (sequence === null) return [];
  if (bidId === null) return [{ sequence, told: { kind: 'change', event: eventOf(row) } }];
  const bid = {
    bidId,
    sequence,
    slot: row.arrival_slot,
    organisationId: row.organisation_id,
    body: row.body,
    fundsMicros: row.funds_micros,
  };
  return [{ sequence, told: { kind: 'bid', bid } }];
}

const save = (pool: Pool, { marketId, before, cursor, measured, prepared }: LearningSave): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const { through, since, slot, bids } = cursor;
    const moved = await client.query({
      name: 'move-learning',
      text: MOVE,
      values: [marketId, before, through, since ?? null, slot, bids, prepared?.slot ?? null, prepared ? preparedJson(prepared) : null],
    });
    if (moved.rowCount !== 1) return false;
    await client.query({ name: 'keep-densities', text: KEEP, values: [marketId, ...densityColumns(measured)] });
    return true;
  });

const densityColumns = (measured: readonly MeasuredBid[]): unknown[][] =>
  columnsOf(
    measured,
    ({ bid }) => bid.bidId,
    ({ bid }) => bid.slot,
    ({ bid }) => bid.organisationId,
    ({ report }) => report.levelMicros,
    ({ report }) => report.slots,
    ({ report }) => JSON.stringify(report.shares),
    ({ report }) => report.weight,
  );

/** What the log tells of a level, without how many bids are left: that is counted as it is told. */
function levelJson(payload: LevelChange['payload']): Record<string, unknown> {
  const { left: _, ...told } = payloadJson({ kind: 'prices_changed', payload: { ...payload, left: 0 } }) as Record<string, unknown>;
  return told;
}

const preparedJson = ({ before, payload }: PreparedLevel): string =>
  JSON.stringify({
    before: marketTerms.write(before),
    after: marketTerms.write(learntTerms(before, payload)),
    payload: levelJson(payload),
  });

async function changeLevel(pool: Pool, { marketId, seen, isBoundary, payload }: LevelChange): Promise<boolean> {
  const values = [
    marketId,
    seen.head.slot,
    JSON.stringify(marketTerms.write(seen.terms)),
    payload.through,
    JSON.stringify(marketTerms.write(learntTerms(seen.terms, payload))),
    JSON.stringify(levelJson(payload)),
    EVENT_TYPES.prices_changed.version,
    isBoundary,
  ];
  return inTransaction(pool, async (client) => {
    await holdMarket(client, marketId); // what was decided before is counted among what was left, and nothing more is decided
    return (await client.query({ name: 'change-level', text: CHANGE_LEVEL, values })).rowCount === 1;
  });
}
