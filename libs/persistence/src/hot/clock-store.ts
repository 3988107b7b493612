import type { ClockStore, ClockTx, MarketHead, RealtimeMarket } from '#market';
import { invariant } from '#units';
import type { Pool, PoolClient } from 'pg';
import { MARKET_CHANNEL } from './record-turn.js';
import { HEAD_COLUMNS, headOf, type HeadRow } from './state.js';
import { inTransaction } from './transaction.js';

/**
 * find-owned-market, lock-market: a market's head, of an operator's own market; locked against other writers of its log.
 * Input:  market and organisation; market. Output: at most one row.
 * Events: none.
 * Retry:  safe.
 */
const FIND_OWNED = `SELECT ${HEAD_COLUMNS} FROM market m WHERE m.id = $1 AND m.organisation_id = $2`;
const LOCK = `SELECT ${HEAD_COLUMNS} FROM market m WHERE m.id = $1 FOR NO KEY UPDATE`;

/**
 * last-undecided, undecided-up-to: the end of the backlog, and whether anything up to there is still in it.
 * Input:  market; market and bid. Output: one row.
 * Events: none.
 * Retry:  safe; they read.
 */
const LAST_UNDECIDED = `SELECT max(bid_id) AS bid_id FROM undecided_bid WHERE market_id = $1`;
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

/**
 * advance-clock: the next entry of the market's log: its new slot.
 * Input:  market, sequence before, slot before, slot after. Output: how many markets moved; one notification.
 * Events: clock_advanced {from, slot}.
 * Retry:  only as part of its transaction.
 */
const ADVANCE = `
  WITH moved AS (
    UPDATE market SET slot = $4, sequence = sequence + 1 WHERE id = $1 AND sequence = $2 AND slot = $3 RETURNING id, sequence
  ), told AS (
    INSERT INTO event (market_id, sequence, kind, payload)
    SELECT id, sequence, 'clock_advanced', json_build_object('from', $3::int, 'slot', $4::int) FROM moved
  )
  SELECT sequence, pg_notify('${MARKET_CHANNEL}', id::text || ':' || sequence::text) FROM moved`;

/**
 * capture-slots: what the slots that have run have earned: escrow of each bidder to the operator's revenue, one transfer per bid and slot.
 * Input:  market, first slot, slot after the last. Output: none.
 * Events: none of its own.
 * Retry:  only as part of its transaction: a second capture of a bid's slot breaks a unique index.
 */
const CAPTURE = `
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot)
  SELECT 'capture', escrow.id, revenue.id, p.amount_micros, p.market_id, p.bid_id, p.slot
  FROM placement p
  JOIN bid b ON b.id = p.bid_id
  JOIN account escrow ON escrow.organisation_id = b.organisation_id AND escrow.kind = 'escrow'
  JOIN market m ON m.id = p.market_id
  JOIN account revenue ON revenue.organisation_id = m.organisation_id AND revenue.kind = 'revenue'
  WHERE p.market_id = $1 AND p.slot >= $2 AND p.slot < $3 AND p.amount_micros > 0
  ORDER BY p.slot, p.bid_id`;

/** What clocks need of Postgres, over a pool. */
export function createClockStore(pool: Pool): ClockStore {
  return {
    findOwned: async (marketId, organisationId) => {
      const { rows } = await pool.query<HeadRow>({ name: 'find-owned-market', text: FIND_OWNED, values: [marketId, organisationId] });
      return rows.length === 0 ? undefined : headOf(rows[0]);
    },
    lastUndecided: async (marketId) => {
      const { rows } = await pool.query<{ bid_id: bigint | null }>({ name: 'last-undecided', text: LAST_UNDECIDED, values: [marketId] });
      return rows[0].bid_id ?? undefined;
    },
    hasUndecidedUpTo: async (marketId, bidId) => {
      const query = { name: 'undecided-up-to', text: UNDECIDED_UP_TO, values: [marketId, bidId] };
      return (await pool.query<{ found: boolean }>(query)).rows[0].found;
    },
    transaction: (work) => inTransaction(pool, (client) => work(clockTx(client))),
    realtimeMarkets: () => realtimeMarkets(pool),
  };
}

function clockTx(client: PoolClient): ClockTx {
  return {
    lock: async (marketId) => {
      const { rows } = await client.query<HeadRow>({ name: 'lock-market', text: LOCK, values: [marketId] });
      return rows.length === 0 ? undefined : headOf(rows[0]);
    },
    advance: (head, slot) => advance(client, head, slot),
  };
}

async function advance(client: PoolClient, { marketId, sequence, slot: before }: MarketHead, slot: number): Promise<void> {
  const { rows } = await client.query({ name: 'advance-clock', text: ADVANCE, values: [marketId, sequence, before, slot] });
  invariant(rows.length === 1, 'a locked market stands where it was read');
  await client.query({ name: 'capture-slots', text: CAPTURE, values: [marketId, before, slot] });
}

async function realtimeMarkets(pool: Pool): Promise<RealtimeMarket[]> {
  const { rows } = await pool.query<{ id: bigint; opened_at_ms: number; slot_minutes: number; slot: number }>({
    name: 'realtime-markets',
    text: REALTIME_MARKETS,
  });
  return rows.map((row) => ({ marketId: row.id, openedAtMs: row.opened_at_ms, slotMinutes: row.slot_minutes, slot: row.slot }));
}
