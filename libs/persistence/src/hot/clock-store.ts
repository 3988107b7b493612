import type { ClockStore, RealtimeMarket } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';
import { HEAD_COLUMNS, headOf, type HeadRow } from './state.js';

/**
 * find-owned-market: a market's head and how far it sells, of an operator's own market.
 * Input:  market and organisation. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_OWNED = `SELECT ${HEAD_COLUMNS}, m.horizon_slots FROM market m WHERE m.id = $1 AND m.organisation_id = $2`;

/**
 * last-undecided, undecided-count, undecided-up-to: the end of the backlog, how long it is, and whether anything up to a bid is still in it.
 * Input:  market; market; market and bid. Output: one row.
 * Events: none.
 * Retry:  safe; they read.
 */
const LAST_UNDECIDED = `SELECT max(bid_id) AS bid_id FROM undecided_bid WHERE market_id = $1`;
const UNDECIDED_COUNT = `SELECT count(*)::int AS count FROM undecided_bid WHERE market_id = $1`;
const UNDECIDED_UP_TO = `SELECT EXISTS (SELECT FROM undecided_bid WHERE market_id = $1 AND bid_id <= $2) AS found`;

/**
 * realtime-markets: those whose clocks the worker moves: all but closed ones with nothing left to run.
 * Input:  none. Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const REALTIME_MARKETS = `
  SELECT m.id, extract(epoch FROM m.opened_at)::float8 * 1000 AS opened_at_ms, m.slot_minutes, m.slot FROM market m
  WHERE m.clock = 'realtime'
    AND (m.status <> 'closed' OR EXISTS (SELECT FROM placement p WHERE p.market_id = m.id AND p.slot >= m.slot))`;

/** advance-clock: one call of the function of that name (prisma/functions), its own transaction. */
const ADVANCE = `SELECT slot_before, sequence_after FROM advance_clock($1, $2)`;

interface AdvancedRow {
  readonly slot_before: number | null;
  readonly sequence_after: bigint | null;
}

/** What clocks need of Postgres, over a pool. */
export function createClockStore(pool: Pool): ClockStore {
  return {
    findOwned: async (marketId, organisationId) => {
      const query = { name: 'find-owned-market', text: FIND_OWNED, values: [marketId, organisationId] };
      const { rows } = await pool.query<HeadRow & { horizon_slots: number }>(query);
      return rows.length === 0 ? undefined : { ...headOf(at(rows, 0)), horizonSlots: at(rows, 0).horizon_slots };
    },
    lastUndecided: async (marketId) => {
      const { rows } = await pool.query<{ bid_id: bigint | null }>({ name: 'last-undecided', text: LAST_UNDECIDED, values: [marketId] });
      return at(rows, 0).bid_id ?? undefined;
    },
    undecidedCount: async (marketId) => {
      const query = { name: 'undecided-count', text: UNDECIDED_COUNT, values: [marketId] };
      return at((await pool.query<{ count: number }>(query)).rows, 0).count;
    },
    hasUndecidedUpTo: async (marketId, bidId) => {
      const query = { name: 'undecided-up-to', text: UNDECIDED_UP_TO, values: [marketId, bidId] };
      return at((await pool.query<{ found: boolean }>(query)).rows, 0).found;
    },
    advance: async (marketId, slot) => {
      const query = { name: 'advance-clock', text: ADVANCE, values: [marketId, slot] };
      const [{ slot_before: before, sequence_after: sequence }] = (await pool.query<AdvancedRow>(query)).rows as [AdvancedRow];
      return before !== null && before < slot && sequence === null ? 'held' : (before ?? undefined);
    },
    realtimeMarkets: () => realtimeMarkets(pool),
  };
}

async function realtimeMarkets(pool: Pool): Promise<RealtimeMarket[]> {
  const { rows } = await pool.query<{ id: bigint; opened_at_ms: number; slot_minutes: number; slot: number }>({
    name: 'realtime-markets',
    text: REALTIME_MARKETS,
  });
  return rows.map((row) => ({ marketId: row.id, openedAtMs: row.opened_at_ms, slotMinutes: row.slot_minutes, slot: row.slot }));
}
