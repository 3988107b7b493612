import { COLD_CONNECTIONS } from '#persistence';
import type { DatabaseTurns } from '../http/turn-interceptor.js';
import { shareWork } from '../http/turns.js';
import type { Metrics } from '../service/metrics.js';

/**
 * Statements of requests other than bids, on the pool that bids are stored by: half of its connections, and no tenant more than half of those and one.
 * Who brings many waits for itself, which costs less than being refused and asking again; what has waited for as long as it may is told to come later.
 */
const READS_MAX = { perOrganisation: 1_024, perTenant: 2_048, inAll: 8_192, waitMs: 5_000 };
/** Transactions, on connections of their own. */
const WRITES_MAX = { ...READS_MAX, waitMs: 4_000 };

/**
 * Who works on the database, and how many at once: every read and every transaction of a request passes here, so that the connections are shared
 * among tenants.
 * @param connections of the pool that bids are stored by.
 */
export function databaseTurns(connections: number, metrics: Pick<Metrics, 'held'>): DatabaseTurns {
  const reads = shareWork('reads', { ...READS_MAX, ...amongTenants(Math.ceil(connections / 2)) });
  const writes = shareWork('changes', { ...WRITES_MAX, ...amongTenants(COLD_CONNECTIONS) });
  metrics.held('reads', reads.count);
  metrics.held('changes', writes.count);
  return { reads: reads.inTurn, writes: writes.inTurn };
}

/** So many places that whoever comes next finds one, however much a single tenant asks. */
const amongTenants = (atOnce: number) => ({ atOnce, atOncePerTenant: Math.ceil((atOnce + 1) / 2) });
