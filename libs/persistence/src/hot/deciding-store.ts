import {
  type DecidingStore,
  type MarketLease,
  type LeaseClaim,
  type MarketRows,
  type LeasedMarket,
  type LeasedBacklog,
  type QueuedBid,
  stateOf,
} from '#market';
import { at, invariant } from '#units';
import type { Pool } from 'pg';
import { readBudgets } from '../budgets/read-budgets.js';
import { columnsOf } from './columns.js';
import { holdMarket } from './hold-market.js';
import { leaseEnd, leaseIsOver } from './lease.js';
import { newsSince } from './news.js';
import { readLive } from '../lifecycle/live-allocations.js';
import { recordChange } from './record-change.js';
import { recordTurn } from './record-turn.js';
import { HEAD_COLUMNS, headOf, loadMarket, type HeadRow } from './state.js';
import { inTransaction } from './transaction.js';
import { type AccountRow, lockWallets, walletsOf } from './wallets.js';

/** Says that this statement's commit need not be waited onto the disk. */
const UNHURRIED = `set_config('synchronous_commit', 'off', true)`;

/** What is told of bids that were read (`waiting`): per market their ids, bidders and bodies; of all their bidders the wallets and escrows. */
const BACKLOG = `
  SELECT market_id, string_agg(id::text, ',' ORDER BY id) AS bid_ids, string_agg(organisation_id::text, ',' ORDER BY id) AS bidder_ids,
    json_agg(body ORDER BY id) AS bodies
  FROM waiting GROUP BY market_id`;
const ACCOUNTS = `
  SELECT json_agg(json_build_object('id', a.id::text, 'organisation_id', a.organisation_id::text, 'kind', a.kind,
    'balance_micros', a.balance_micros::text, 'budget_changes', a.budget_changes::text))
  FROM account a WHERE a.organisation_id = ANY(ARRAY(SELECT DISTINCT organisation_id FROM waiting)) AND a.kind IN ('wallet', 'escrow')`;

/** The bidder whose bid was decided last in the market `t`; 0: nobody's. */
const LAST_BIDDER = `
  coalesce((SELECT b.organisation_id FROM decision d JOIN bid b ON b.id = d.bid_id WHERE d.market_id = t.market_id ORDER BY d.sequence DESC LIMIT 1), 0)`;

/**
 * open-markets: takes or renews leases, by the database's clock, and reads what is to be decided. Not waited onto the
 * disk: whoever writes by a lease writes after it, and a lease that a crash has undone is no longer there when a batch is recorded. Heads and
 * backlogs are as of the statement's beginning, leases may be taken later: then the heads are old, and nothing that is decided by them is written.
 * A lease whose row is locked is not waited for: another worker is writing by it at this moment.
 * Input:  markets, owner, milliseconds, bids of each market at most.
 * Output: per market, by id: its head, the epoch (null: another owner holds it), whose bid was decided last, whether its backlog is deep: longer than
 *         what was asked for; if it is not, its undecided bids by id; with the first one the wallets and escrows of all their bidders. No row: no such
 *         market.
 * Events: none. An epoch rises when its owner changes.
 * Retry:  safe; the same owner keeps its epoch.
 */
const OPEN = `
  WITH free AS MATERIALIZED (
    SELECT market_id FROM market_lease
    WHERE market_id = ANY($1::bigint[]) AND (owner = $2 OR ${leaseIsOver('until', '$3')})
    ORDER BY market_id FOR UPDATE SKIP LOCKED
  ), renewed AS (
    UPDATE market_lease l SET epoch = l.epoch + (l.owner <> $2)::int, owner = $2, until = ${leaseEnd('$3')}
    FROM free WHERE l.market_id = free.market_id RETURNING l.market_id, l.epoch
  ), made AS (
    INSERT INTO market_lease (market_id, epoch, owner, until)
    SELECT m.id, 1, $2, ${leaseEnd('$3')} FROM market m
    WHERE m.id = ANY($1::bigint[]) AND NOT EXISTS (SELECT FROM market_lease l WHERE l.market_id = m.id) ORDER BY m.id
    ON CONFLICT (market_id) DO NOTHING RETURNING market_id, epoch
  ), taken AS MATERIALIZED (
    SELECT t.market_id, t.epoch,
      EXISTS (SELECT FROM undecided_bid WHERE market_id = t.market_id ORDER BY bid_id OFFSET $4::int LIMIT 1) AS is_deep
    FROM (SELECT market_id, epoch FROM renewed UNION ALL SELECT market_id, epoch FROM made) AS t
  ), waiting AS MATERIALIZED (
    SELECT t.market_id, b.id, b.organisation_id, b.body
    FROM taken t
    CROSS JOIN LATERAL (SELECT bid_id FROM undecided_bid WHERE market_id = t.market_id ORDER BY bid_id LIMIT $4) AS u
    JOIN bid b ON b.id = u.bid_id
    WHERE NOT t.is_deep
  ), backlog AS (${BACKLOG})
  SELECT ${HEAD_COLUMNS}, t.epoch, t.is_deep, ${LAST_BIDDER} AS last_bidder_id, b.bid_ids, b.bidder_ids, b.bodies,
    CASE WHEN row_number() OVER (ORDER BY m.id) = 1 THEN (${ACCOUNTS}) END AS accounts, ${UNHURRIED}
  FROM market m LEFT JOIN taken t ON t.market_id = m.id LEFT JOIN backlog b ON b.market_id = m.id
  WHERE m.id = ANY($1::bigint[]) ORDER BY m.id`;

/**
 * read-shares: of deep backlogs, every bidder's share. Bidders come in the order of their ids and around, from the one after whose bid was decided
 * last; where they are more than bids are asked for, the next ones. Each has an equal share of the bids, its first ones by id; what those leave
 * who have fewer, the others share once more. Steps from bidder to bidder: what it costs goes with the bids that it reads, however long the backlogs are.
 * Input:  markets, bids of each market at most.
 * Output: per market: its bids, by id; with the first one the wallets and escrows of all their bidders.
 * Events: none.
 * Retry:  safe; it reads.
 */
const READ_SHARES = `
  WITH RECURSIVE last AS MATERIALIZED (
    SELECT t.market_id, ${LAST_BIDDER} AS id FROM unnest($1::bigint[]) AS t(market_id)
  ), bidder AS (
    SELECT market_id, 0 AS seat, false AS is_around, id FROM last
    UNION ALL
    SELECT p.market_id, p.seat + 1, n.is_around, n.id FROM bidder p JOIN last l USING (market_id) CROSS JOIN LATERAL (
      (SELECT p.is_around, organisation_id FROM undecided_bid
        WHERE market_id = p.market_id AND organisation_id > p.id AND (NOT p.is_around OR organisation_id <= l.id) ORDER BY organisation_id LIMIT 1)
      UNION ALL
      (SELECT true, organisation_id FROM undecided_bid
        WHERE NOT p.is_around AND market_id = p.market_id AND organisation_id <= l.id ORDER BY organisation_id LIMIT 1)
      LIMIT 1
    ) AS n(is_around, id) WHERE p.seat < $2::int
  ), share AS MATERIALIZED (
    SELECT p.market_id, p.id, p.bids, u.bid_id
    FROM (SELECT market_id, id, $2::int / count(*) OVER (PARTITION BY market_id) AS bids FROM bidder WHERE seat > 0) AS p
    CROSS JOIN LATERAL (
      SELECT bid_id FROM undecided_bid WHERE market_id = p.market_id AND organisation_id = p.id ORDER BY bid_id LIMIT p.bids
    ) AS u
  ), further AS (
    SELECT market_id, id, after, rest / count(*) OVER (PARTITION BY market_id) AS bids
    FROM (
      SELECT market_id, id, bids, count(*) AS taken, max(bid_id) AS after, $2::int - sum(count(*)) OVER (PARTITION BY market_id)::int AS rest
      FROM share GROUP BY market_id, id, bids
    ) AS s WHERE taken = bids
  ), waiting AS MATERIALIZED (
    SELECT c.market_id, b.id, b.organisation_id, b.body
    FROM (
      SELECT market_id, bid_id FROM share
      UNION ALL
      SELECT f.market_id, u.bid_id FROM further f CROSS JOIN LATERAL (
        SELECT bid_id FROM undecided_bid WHERE market_id = f.market_id AND organisation_id = f.id AND bid_id > f.after ORDER BY bid_id LIMIT f.bids
      ) AS u
    ) AS c JOIN bid b ON b.id = c.bid_id
  ), backlog AS (${BACKLOG})
  SELECT b.*, CASE WHEN row_number() OVER (ORDER BY market_id) = 1 THEN (${ACCOUNTS}) END AS accounts FROM backlog b ORDER BY market_id`;

/**
 * release-leases: lets others take the markets at once. Not waited onto the disk: a release that is lost is a lease that runs out.
 * Input:  markets, owner. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const RELEASE = `
  WITH mine AS (
    SELECT market_id FROM market_lease WHERE market_id = ANY($1::bigint[]) AND owner = $2 ORDER BY market_id FOR UPDATE
  ), released AS (
    UPDATE market_lease l SET until = '-infinity' FROM mine WHERE l.market_id = mine.market_id
  )
  SELECT ${UNHURRIED}`;

/**
 * renew-leases: those that are still the owner's, with the same epochs, and were not given back, run from now again, by the database's clock. Not waited
 * onto the disk, nor for rows that are locked: somebody is writing by that lease, or takes it.
 * Input:  markets and epochs, owner, milliseconds. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const RENEW = `
  WITH mine AS MATERIALIZED (
    SELECT l.market_id FROM unnest($1::bigint[], $2::bigint[]) AS k(market_id, epoch) JOIN market_lease l USING (market_id, epoch)
    WHERE l.owner = $3 AND isfinite(l.until) ORDER BY l.market_id FOR UPDATE OF l SKIP LOCKED
  ), renewed AS (
    UPDATE market_lease l SET until = ${leaseEnd('$4')} FROM mine WHERE l.market_id = mine.market_id
  )
  SELECT ${UNHURRIED}`;

/** Bids that were read, with the accounts of their bidders in the first row. */
interface BacklogRow {
  readonly market_id: bigint;
  readonly bid_ids: string | null;
  readonly bidder_ids: string | null;
  readonly bodies: readonly QueuedBid['body'][] | null;
  readonly accounts: readonly AccountRow[] | null;
}

interface OpenedRow extends HeadRow, BacklogRow {
  readonly epoch: bigint | null;
  readonly is_deep: boolean | null;
  readonly last_bidder_id: bigint;
}

/** What deciding needs of Postgres, over a pool. */
export function createDecidingStore(pool: Pool): DecidingStore {
  return {
    leaseAndRead: (marketIds, claim, limit) => open(pool, marketIds, { ...claim, limit }),
    renew: (leases, claim) => renew(pool, leases, claim),
    loadState: async (marketId, cellsMax) => {
      const rows = await load(pool, marketId, cellsMax);
      return rows === 'large' ? rows : stateOf(rows);
    },
    loadRows: async (marketId) => {
      const rows = await load(pool, marketId);
      invariant(rows !== 'large', 'a market of any size is read');
      return rows;
    },
    newsSince: (marketId, sequence) => newsSince(pool, marketId, sequence),
    readBudgets: (asked) => readBudgets(pool, asked),
    record: (turn) => recordTurn(pool, turn),
    held: (marketId, idleMs, work) =>
      inTransaction(
        pool,
        async (client) => {
          await holdMarket(client, marketId);
          return work({
            lockWallets: (organisationIds) => lockWallets(client, organisationIds),
            record: (turn) => recordTurn(client, turn),
            live: async (bidId) => (await readLive(client, marketId, bidId)).at(0),
            recordChange: (cancelled, turn) => recordChange(client, cancelled, turn),
          });
        },
        idleMs,
      ),
    release: async (marketIds, owner) => void (await pool.query({ name: 'release-leases', text: RELEASE, values: [marketIds, owner] })),
  };
}

async function renew(pool: Pool, leases: readonly MarketLease[], { owner, leaseMs }: LeaseClaim): Promise<void> {
  const [marketIds, epochs] = columnsOf(
    leases,
    ({ marketId }) => marketId,
    ({ epoch }) => epoch,
  );
  await pool.query({ name: 'renew-leases', text: RENEW, values: [marketIds, epochs, owner, leaseMs] });
}

async function load(pool: Pool, marketId: bigint, cellsMax?: number): Promise<MarketRows | 'large'> {
  const rows = await loadMarket(pool, marketId, cellsMax);
  invariant(rows !== undefined, 'markets are never removed');
  return rows;
}

async function open(pool: Pool, marketIds: readonly bigint[], claim: LeaseClaim & { readonly limit: number }): Promise<LeasedBacklog> {
  const values = [marketIds, claim.owner, claim.leaseMs, claim.limit];
  const { rows } = await pool.query<OpenedRow>({ name: 'open-markets', text: OPEN, values });
  const shares = await readShares(pool, rows, claim.limit);
  const found = new Map(rows.map((row) => [row.market_id, openedOf(row, shares.get(row.market_id) ?? row)]));
  const ids = [...marketIds].sort((a, b) => (a < b ? -1 : 1));
  return {
    markets: ids.map((marketId) => found.get(marketId) ?? { kind: 'market_unknown', marketId }),
    wallets: walletsOf([...(rows.at(0)?.accounts ?? []), ...([...shares.values()].at(0)?.accounts ?? [])]),
  };
}

/** What is decided next of the markets with deep backlogs. */
async function readShares(pool: Pool, opened: readonly OpenedRow[], limit: number): Promise<ReadonlyMap<bigint, BacklogRow>> {
  const deep = opened.filter((row) => row.is_deep).map((row) => row.market_id);
  if (deep.length === 0) return new Map();
  const { rows } = await pool.query<BacklogRow>({ name: 'read-shares', text: READ_SHARES, values: [deep, limit] });
  return new Map(rows.map((row) => [row.market_id, row]));
}

function openedOf(row: OpenedRow, { bid_ids: bidIds, bidder_ids: bidders, bodies }: BacklogRow): LeasedMarket {
  const { market_id: marketId, epoch } = row;
  if (epoch === null) return { kind: 'busy', marketId };
  const bidderIds = idsOf(bidders);
  const bids = idsOf(bidIds).map((bidId, index): QueuedBid => {
    invariant(bodies !== null, 'a bid has a body');
    return { bidId, organisationId: at(bidderIds, index), body: at(bodies, index) };
  });
  return { kind: 'ours', marketId, epoch, head: headOf(row), bids, hasMore: row.is_deep ?? false, lastBidderId: row.last_bidder_id };
}

const idsOf = (text: string | null): bigint[] => (text === null ? [] : text.split(',').map(BigInt));
