import type { DecidingStore, Fence, LeaseClaim, QueuedBid, Wallet } from '#market';
import { invariant } from '#units';
import type { Pool } from 'pg';
import { recordBatch } from './record-batch.js';
import { HEAD_COLUMNS, headOf, loadMarket, type HeadRow, type Queryable } from './state.js';
import { inTransaction } from './transaction.js';

/** Says that this statement's commit need not be waited onto the disk. */
const UNHURRIED = `set_config('synchronous_commit', 'off', true)`;

/**
 * has-backlog: is there anything to decide?
 * Input:  market. Output: one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const HAS_BACKLOG = `SELECT EXISTS (SELECT FROM undecided_bid WHERE market_id = $1) AS found`;

/**
 * fence-market: takes or renews the market's lease, by the database's clock. A lease that ends later than a new one would is from before that
 * clock was set back, and binds nobody: otherwise a dead worker would hold a market for as long as the jump. Not waited onto the disk: whoever
 * writes by a lease writes after it, and a lease that a crash has undone is no longer there when a batch is recorded.
 * Input:  market, owner, milliseconds. Output: the market's head, the epoch (null: another owner holds it); no row: no such market.
 * Events: none. The epoch rises when the owner changes.
 * Retry:  safe; the same owner keeps its epoch.
 */
const FENCE = `
  WITH m AS (SELECT * FROM market WHERE id = $1), taken AS (
    INSERT INTO market_lease AS l (market_id, epoch, owner, until)
    SELECT id, 1, $2, clock_timestamp() + $3::float8 * interval '1 ms' FROM m
    ON CONFLICT (market_id) DO UPDATE SET epoch = l.epoch + (l.owner <> excluded.owner)::int, owner = excluded.owner, until = excluded.until
    WHERE l.owner = excluded.owner OR l.until <= clock_timestamp() OR (l.until > excluded.until AND isfinite(l.until))
    RETURNING epoch
  )
  SELECT ${HEAD_COLUMNS}, (SELECT epoch FROM taken) AS epoch, ${UNHURRIED} FROM m`;

/**
 * release-lease: lets others take the market at once. Not waited onto the disk: a release that is lost is a lease that runs out.
 * Input:  market, owner. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const RELEASE = `
  WITH released AS (UPDATE market_lease SET until = '-infinity' WHERE market_id = $1 AND owner = $2) SELECT ${UNHURRIED}`;

/**
 * read-backlog: undecided bids in the order of their ids.
 * Input:  market, how many. Output: bids.
 * Events: none.
 * Retry:  safe; it reads.
 */
const BACKLOG = `
  SELECT b.id, b.organisation_id, b.body FROM undecided_bid u JOIN bid b ON b.id = u.bid_id
  WHERE u.market_id = $1 ORDER BY u.bid_id LIMIT $2`;

/**
 * read-wallets: wallets and escrows as they are now.
 * Input:  organisations. Output: accounts.
 * Events: none.
 * Retry:  safe; it reads.
 */
const READ_WALLETS = {
  name: 'read-wallets',
  text: `SELECT id, organisation_id, kind, balance_micros FROM account
    WHERE organisation_id = ANY($1::bigint[]) AND kind IN ('wallet', 'escrow') ORDER BY id`,
};

/**
 * hold-market, lock-wallets: the same, locked in the order of all who lock: the market, then accounts by id.
 * Input:  market; organisations. Output: none; accounts.
 * Events: none.
 * Retry:  safe; the locks go with the transaction.
 */
const HOLD_MARKET = `SELECT FROM market WHERE id = $1 FOR NO KEY UPDATE`;
const LOCK_WALLETS = { name: 'lock-wallets', text: `${READ_WALLETS.text} FOR NO KEY UPDATE` };

interface AccountRow {
  readonly id: bigint;
  readonly organisation_id: bigint;
  readonly kind: 'wallet' | 'escrow';
  readonly balance_micros: bigint;
}

/** What deciding needs of Postgres, over a pool. */
export function createDecidingStore(pool: Pool): DecidingStore {
  return {
    hasBacklog: async (marketId) => {
      const { rows } = await pool.query<{ found: boolean }>({ name: 'has-backlog', text: HAS_BACKLOG, values: [marketId] });
      return rows[0].found;
    },
    fence: (marketId, claim) => fence(pool, marketId, claim),
    loadState: async (marketId) => {
      const state = await loadMarket(pool, marketId);
      invariant(state !== undefined, 'markets are never removed');
      return state;
    },
    backlog: (marketId, limit) => backlog(pool, marketId, limit),
    readWallets: (organisationIds) => wallets(pool, organisationIds, READ_WALLETS),
    record: (batch, owner, lease) => recordBatch(pool, batch, { owner, lease }),
    held: (marketId, idleMs, work) =>
      inTransaction(
        pool,
        async (client) => {
          await client.query({ name: 'hold-market', text: HOLD_MARKET, values: [marketId] });
          return work({
            readWallets: (organisationIds) => wallets(client, organisationIds, LOCK_WALLETS),
            record: (batch, owner, lease) => recordBatch(client, batch, { owner, lease }),
          });
        },
        idleMs,
      ),
    release: async (marketId, owner) => void (await pool.query({ name: 'release-lease', text: RELEASE, values: [marketId, owner] })),
  };
}

async function fence(pool: Pool, marketId: bigint, { owner, leaseMs }: LeaseClaim): Promise<Fence> {
  const values = [marketId, owner, leaseMs];
  const { rows } = await pool.query<HeadRow & { epoch: bigint | null }>({ name: 'fence-market', text: FENCE, values });
  if (rows.length === 0) return { kind: 'market_unknown' };
  const [row] = rows;
  return row.epoch === null ? { kind: 'busy' } : { kind: 'ours', epoch: row.epoch, head: headOf(row) };
}

async function backlog(pool: Pool, marketId: bigint, limit: number): Promise<QueuedBid[]> {
  const { rows } = await pool.query<{ id: bigint; organisation_id: bigint; body: QueuedBid['body'] }>({
    name: 'read-backlog',
    text: BACKLOG,
    values: [marketId, limit],
  });
  return rows.map((row) => ({ bidId: row.id, organisationId: row.organisation_id, body: row.body }));
}

async function wallets(
  queryable: Queryable,
  organisationIds: readonly bigint[],
  statement: { readonly name: string; readonly text: string },
): Promise<Wallet[]> {
  const { rows } = await queryable.query<AccountRow>({ ...statement, values: [organisationIds] });
  const accounts = new Map(rows.map((row) => [`${row.organisation_id} ${row.kind}`, row]));
  const accountOf = (organisationId: bigint, kind: AccountRow['kind']): AccountRow => {
    const account = accounts.get(`${organisationId} ${kind}`);
    invariant(account !== undefined, `organisation ${organisationId} has a ${kind}`);
    return account;
  };
  return organisationIds.map((organisationId) => {
    const wallet = accountOf(organisationId, 'wallet');
    return { organisationId, walletId: wallet.id, escrowId: accountOf(organisationId, 'escrow').id, fundsMicros: wallet.balance_micros };
  });
}
