import type { BatchRecord, Clock, DecidingStore, DecidingTx, Fence } from '#market';
import { traced } from '#telemetry';
import type { Figures } from './figures.js';

/** What a look at deciding needs. */
export interface DecidingWatch {
  readonly figures: Figures;
  readonly clock: Clock;
  /** Told of bids right after the commit of their decisions. */
  readonly onDecided: (bidIds: readonly bigint[]) => void;
}

/** Markets whose last epoch is remembered. */
const MARKETS_MAX = 10_000;

/** The same store, looked at: batches, leases, spans. */
export function watchDeciding(store: DecidingStore, watch: DecidingWatch): DecidingStore {
  const epochs = new Map<bigint, bigint>();
  const onFence = (marketId: bigint, fence: Fence): void => {
    if (fence.kind === 'busy') watch.figures.lease('busy');
    if (fence.kind !== 'ours' || epochs.get(marketId) === fence.epoch) return;
    watch.figures.lease('taken');
    if (epochs.size >= MARKETS_MAX) epochs.clear();
    epochs.set(marketId, fence.epoch);
  };
  return {
    hasBacklog: (marketId) => store.hasBacklog(marketId),
    release: (marketId, owner) => store.release(marketId, owner),
    transaction: async (idleMs, work) => {
      const beganMs = watch.clock.nowMs();
      const records: BatchRecord[] = [];
      const seen = (tx: DecidingTx): DecidingTx => watchedTx(tx, onFence, (record) => records.push(record));
      const result = await traced('decide batch', {}, () => store.transaction(idleMs, (tx) => work(seen(tx))));
      for (const { decided } of records) {
        watch.figures.batch(decided.length, (watch.clock.nowMs() - beganMs) / 1_000);
        watch.onDecided(decided.map(({ bidId }) => bidId));
      }
      return result;
    },
  };
}

function watchedTx(tx: DecidingTx, onFence: (marketId: bigint, fence: Fence) => void, onRecord: (record: BatchRecord) => void): DecidingTx {
  return {
    ...tx,
    fence: async (marketId, claim) => {
      const fence = await tx.fence(marketId, claim);
      onFence(marketId, fence);
      return fence;
    },
    record: async (batch, lease) => {
      await traced('write decisions', { attributes: { 'eris.market': batch.marketId.toString(), 'eris.bids': batch.decided.length } }, () =>
        tx.record(batch, lease),
      );
      onRecord(batch);
    },
  };
}
