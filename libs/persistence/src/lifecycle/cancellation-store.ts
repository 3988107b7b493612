import type { CancellationStore, RepairCommit, SeenAllocation } from '#market';
import { invariant } from '#units';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../hot/index.js';
import { loadMarket } from '../hot/state.js';
import { recordHits } from './record-hits.js';
import { readLive } from './live-allocations.js';
import { inSnapshot } from './repair-store.js';

/**
 * own-allocation: an organisation's allocation, how it ended, and whether those of its market are being dealt with whom a window has hit.
 * Input:  organisation, bid. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const OWN = `
  SELECT b.market_id, (SELECT x.ending::text FROM allocation_end x WHERE x.bid_id = b.id) AS ending,
    EXISTS (SELECT FROM market_window w WHERE w.market_id = b.market_id AND w.settled_sequence IS NULL) AS is_being_repaired
  FROM bid b JOIN allocation a ON a.bid_id = b.id WHERE b.organisation_id = $1 AND b.id = $2`;

/** hold-own-market: whatever extends the log of an allocation's market waits. Input: organisation, bid. Output: a row where there is such a one. Events: none. Retry: safe. */
const HOLD = `
  SELECT m.id FROM market m WHERE m.id = (SELECT b.market_id FROM bid b JOIN allocation a ON a.bid_id = b.id WHERE b.organisation_id = $1 AND b.id = $2)
  FOR NO KEY UPDATE`;

/** A process that goes silent while it holds a market loses it, ms. */
const IDLE_MS = 10_000;

/** What cancelling needs of Postgres, over a pool. */
export function createCancellationStore(pool: Pool): CancellationStore {
  return {
    find: (organisationId, bidId) => inSnapshot(pool, (client) => find(client, organisationId, bidId)),
    held: (organisationId, bidId, work) =>
      inTransaction(
        pool,
        async (client) => {
          await client.query(HOLD, [organisationId, bidId]);
          const record = async (commit: RepairCommit): Promise<void> => {
            const isWritten = await recordHits(client, commit);
            invariant(isWritten, 'the log of a market that is held stands still');
          };
          return work(await find(client, organisationId, bidId), record);
        },
        IDLE_MS,
      ),
  };
}

interface OwnRow {
  readonly market_id: bigint;
  readonly ending: 'cancelled' | 'failed' | null;
  readonly is_being_repaired: boolean;
}

async function find(client: PoolClient, organisationId: bigint, bidId: bigint): Promise<SeenAllocation | undefined> {
  const [own] = (await client.query<OwnRow>({ name: 'own-allocation', text: OWN, values: [organisationId, bidId] })).rows;
  if (!own) return undefined;
  const rows = await loadMarket(client, own.market_id);
  invariant(rows !== undefined && rows !== 'large', 'markets are never removed, and are read whatever their size');
  const [live] = own.ending === null ? await readLive(client, own.market_id, bidId) : [];
  return { rows, live, ended: own.ending ?? undefined, isBeingRepaired: own.is_being_repaired };
}
