import { RENEWALS_PER_LEASE } from '../protocol.js';
import type { DecidingStore, MarketLease, LeaseClaim } from './ports.js';

/** Renews the leases of markets that are thought about, on a timer: whoever thinks for long keeps its markets as long as its process runs. */
export class LeaseKeeper {
  constructor(
    private readonly store: Pick<DecidingStore, 'renew'>,
    private readonly claim: LeaseClaim,
  ) {}

  /** Keeps leases until `work` ends, whichever way. */
  async during<T>(leases: readonly MarketLease[], work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => void this.renew(leases), this.claim.leaseMs / RENEWALS_PER_LEASE).unref();
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** One that fails is tried again in time; where the database is away, what was decided is not written either, and that is told. */
  private async renew(leases: readonly MarketLease[]): Promise<void> {
    await this.store.renew(leases, this.claim).catch(() => undefined);
  }
}
