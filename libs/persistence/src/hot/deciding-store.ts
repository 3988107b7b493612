import {
  type DecidingStore,
  type MarketLease,
  type LeaseClaim,
  type MarketRows,
  type OpenedMarket,
  type Opening,
  type QueuedBid,
  stateOf,
  type Wallet,
} from '#market';
import { invariant } from '#units';
import type { Pool, PoolClient } from 'pg';
import { columnsOf } from './columns.js';
import { newsSince } from './news.js';
import { recordTurn } from './record-turn.js';
import { HEAD_COLUMNS, headOf, loadMarket, type HeadRow } from './state.js';
import { inTransaction } from './transaction.js';

/** Says that this statement's commit need not be waited onto the disk. */
const UNHURRIED = `set_config('synchronous_commit', 'off', true)`;

/**
 * open-markets: takes or renews leases, by the database's clock, and reads what is to be decided. A lease that ends later than a new one would is
 * from before that clock was set back, and binds nobody: otherwise a dead worker would hold a market for as long as the jump. Not waited onto the
 * disk: whoever writes by a lease writes after it, and a lease that a crash has undone is no longer there when a batch is recorded. Heads and
 * backlogs are as of the statement's beginning, leases may be taken later: then the heads are old, and nothing that is decided by them is written.
 * A lease whose row is locked is not waited for: another worker is writing by it at this moment.
 * Input:  markets, owner, milliseconds, bids of each market at most.
 * Output: per market, by id: its head, the epoch (null: another owner holds it), its undecided bids by id; with the first one the wallets and
 *         escrows of all their bidders. No row: no such market.
 * Events: none. An epoch rises when its owner changes.
 * Retry:  safe; the same owner keeps its epoch.
 */
const OPEN = `
  WITH free AS MATERIALIZED (
    SELECT market_id FROM market_lease
    WHERE market_id = ANY($1::bigint[]) AND (owner = $2 OR until <= clock_timestamp()
      OR (until > clock_timestamp() + $3::float8 * interval '1 ms' AND isfinite(until)))
    ORDER BY market_id FOR UPDATE SKIP LOCKED
  ), renewed AS (
    UPDATE market_lease l SET epoch = l.epoch + (l.owner <> $2)::int, owner = $2, until = clock_timestamp() + $3::float8 * interval '1 ms'
    FROM free WHERE l.market_id = free.market_id RETURNING l.market_id, l.epoch
  ), made AS (
    INSERT INTO market_lease (market_id, epoch, owner, until)
    SELECT m.id, 1, $2, clock_timestamp() + $3::float8 * interval '1 ms' FROM market m
    WHERE m.id = ANY($1::bigint[]) AND NOT EXISTS (SELECT FROM market_lease l WHERE l.market_id = m.id) ORDER BY m.id
    ON CONFLICT (market_id) DO NOTHING RETURNING market_id, epoch
  ), taken AS (
    SELECT market_id, epoch FROM renewed UNION ALL SELECT market_id, epoch FROM made
  ), waiting AS MATERIALIZED (
    SELECT t.market_id, b.id, b.organisation_id, b.body
    FROM taken t
    CROSS JOIN LATERAL (SELECT bid_id FROM undecided_bid WHERE market_id = t.market_id ORDER BY bid_id LIMIT $4) AS u
    JOIN bid b ON b.id = u.bid_id
  ), backlog AS (
    SELECT market_id, string_agg(id::text, ',' ORDER BY id) AS bid_ids, string_agg(organisation_id::text, ',' ORDER BY id) AS bidder_ids,
      json_agg(body ORDER BY id) AS bodies
    FROM waiting GROUP BY market_id
  )
  SELECT ${HEAD_COLUMNS}, t.epoch, b.bid_ids, b.bidder_ids, b.bodies, CASE WHEN row_number() OVER (ORDER BY m.id) = 1 THEN (
      SELECT json_agg(json_build_object('id', a.id::text, 'organisation_id', a.organisation_id::text, 'kind', a.kind,
        'balance_micros', a.balance_micros::text))
      FROM account a WHERE a.organisation_id IN (SELECT organisation_id FROM waiting) AND a.kind IN ('wallet', 'escrow')
    ) END AS accounts, ${UNHURRIED}
  FROM market m LEFT JOIN taken t ON t.market_id = m.id LEFT JOIN backlog b ON b.market_id = m.id
  WHERE m.id = ANY($1::bigint[]) ORDER BY m.id`;

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
    UPDATE market_lease l SET until = clock_timestamp() + $4::float8 * interval '1 ms' FROM mine WHERE l.market_id = mine.market_id
  )
  SELECT ${UNHURRIED}`;

/**
 * hold-market, lock-wallets: a market, and wallets with their escrows, locked in the order of all who lock: the market, then accounts by id.
 * Input:  market; organisations. Output: none; accounts.
 * Events: none.
 * Retry:  safe; the locks go with the transaction.
 */
const HOLD_MARKET = `SELECT FROM market WHERE id = $1 FOR NO KEY UPDATE`;
const LOCK_WALLETS = `
  SELECT id::text, organisation_id::text, kind, balance_micros::text FROM account
  WHERE organisation_id = ANY($1::bigint[]) AND kind IN ('wallet', 'escrow') ORDER BY id FOR NO KEY UPDATE`;

/** Integers as text. */
interface AccountRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly kind: 'wallet' | 'escrow';
  readonly balance_micros: string;
}

interface OpenedRow extends HeadRow {
  readonly epoch: bigint | null;
  readonly bid_ids: string | null;
  readonly bidder_ids: string | null;
  readonly bodies: readonly QueuedBid['body'][] | null;
  readonly accounts: readonly AccountRow[] | null;
}

/** What deciding needs of Postgres, over a pool. */
export function createDecidingStore(pool: Pool): DecidingStore {
  return {
    open: (marketIds, claim, limit) => open(pool, marketIds, { ...claim, limit }),
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
    record: (turn) => recordTurn(pool, turn),
    held: (marketId, idleMs, work) =>
      inTransaction(
        pool,
        async (client) => {
          await client.query({ name: 'hold-market', text: HOLD_MARKET, values: [marketId] });
          return work({
            lockWallets: (organisationIds) => lockWallets(client, organisationIds),
            record: (turn) => recordTurn(client, turn),
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

async function open(pool: Pool, marketIds: readonly bigint[], claim: LeaseClaim & { readonly limit: number }): Promise<Opening> {
  const values = [marketIds, claim.owner, claim.leaseMs, claim.limit];
  const { rows } = await pool.query<OpenedRow>({ name: 'open-markets', text: OPEN, values });
  const found = new Map(rows.map((row) => [row.market_id, openedOf(row)]));
  const ids = [...marketIds].sort((a, b) => (a < b ? -1 : 1));
  return {
    markets: ids.map((marketId) => found.get(marketId) ?? { kind: 'market_unknown', marketId }),
    wallets: walletsOf(rows.at(0)?.accounts ?? []),
  };
}

function openedOf(row: OpenedRow): OpenedMarket {
  const { market_id: marketId, epoch, bodies } = row;
  if (epoch === null) return { kind: 'busy', marketId };
  const bidderIds = idsOf(row.bidder_ids);
  const bids = idsOf(row.bid_ids).map((bidId, index): QueuedBid => {
    invariant(bodies !== null, 'a bid has a body');
    return { bidId, organisationId: bidderIds[index], body: bodies[index] };
  });
  return { kind: 'ours', marketId, epoch, head: headOf(row), bids };
}

const idsOf = (text: string | null): bigint[] => (text === null ? [] : text.split(',').map(BigInt));

async function lockWallets(client: PoolClient, organisationIds: readonly bigint[]): Promise<Wallet[]> {
  return walletsOf((await client.query<AccountRow>({ name: 'lock-wallets', text: LOCK_WALLETS, values: [organisationIds] })).rows);
}

/** Every organisation has a wallet and an escrow. */
function walletsOf(accounts: readonly AccountRow[]): Wallet[] {
  const escrows = new Map(accounts.filter(({ kind }) => kind === 'escrow').map((account) => [account.organisation_id, account]));
  return accounts
    .filter(({ kind }) => kind === 'wallet')
    .map(({ id, organisation_id: organisation, balance_micros: balance }) => {
      const escrow = escrows.get(organisation);
      invariant(escrow !== undefined, `organisation ${organisation} has an escrow`);
      return { organisationId: BigInt(organisation), walletId: BigInt(id), escrowId: BigInt(escrow.id), fundsMicros: BigInt(balance) };
    });
}
