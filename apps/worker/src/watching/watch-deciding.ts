import type { BatchRecord, Clock, DecidingStore, Fence } from '#market';
import { traced } from '#telemetry';
import type { Figures } from './figures.js';

/** What a look at deciding needs. */
export interface DecidingWatch {
  readonly figures: Figures;
  readonly clock: Clock;
  /** Told of bids once their decisions are written. */
  readonly onDecided: (bidIds: readonly bigint[]) => void;
}

/** Markets whose last epoch, or whose batch under way, is remembered. */
const MARKETS_MAX = 10_000;

/** The same store, looked at: batches, leases, spans. A batch is from its fence to its record. */
export function watchDeciding(store: DecidingStore, watch: DecidingWatch): DecidingStore {
  const epochs = new Map<bigint, bigint>();
  const beganMs = new Map<bigint, number>();
  const onFence = (marketId: bigint, fence: Fence): void => {
    if (fence.kind === 'busy') watch.figures.lease('busy');
    if (fence.kind !== 'ours' || epochs.get(marketId) === fence.epoch) return;
    watch.figures.lease('taken');
    if (epochs.size >= MARKETS_MAX) epochs.clear();
    epochs.set(marketId, fence.epoch);
  };
  const onRecorded = ({ marketId, decided }: BatchRecord): void => {
    const nowMs = watch.clock.nowMs();
    watch.figures.batch(decided.length, (nowMs - (beganMs.get(marketId) ?? nowMs)) / 1_000);
    watch.onDecided(decided.map(({ bidId }) => bidId));
  };
  const watched = (record: DecidingStore['record']): DecidingStore['record'] => {
    return async (batch, owner, lease) => {
      const attributes = { 'eris.market': batch.marketId.toString(), 'eris.bids': batch.decided.length };
      const outcome = await traced('write decisions', { attributes }, () => record(batch, owner, lease));
      if (outcome === 'recorded') onRecorded(batch);
      else watch.figures.overtaken(outcome);
      return outcome;
    };
  };
  return {
    ...store,
    fence: async (marketId, claim) => {
      if (beganMs.size >= MARKETS_MAX) beganMs.clear();
      beganMs.set(marketId, watch.clock.nowMs());
      const fence = await store.fence(marketId, claim);
      onFence(marketId, fence);
      return fence;
    },
    record: watched((...batch) => store.record(...batch)),
    held: (marketId, idleMs, work) =>
      store.held(marketId, idleMs, (held) => work({ ...held, record: watched((...batch) => held.record(...batch)) })),
  };
}
