import type { Clock, DecidingStore, LeasedMarket, RecordOutcome, RoundCommit } from '#market';
import { traced } from '#telemetry';
import { at, BoundedMap } from '#units';
import type { Figures } from './figures.js';

/** What a look at deciding needs. */
export interface DecidingWatch {
  readonly figures: Figures;
  readonly clock: Clock;
  /** Told of bids once their decisions are written. */
  readonly onDecided: (bidIds: readonly bigint[]) => void;
}

/** Markets whose last epoch, and whose last opening, is remembered. */
const MARKETS_MAX = 10_000;

/** The same store, looked at: what is written together, leases, spans. A batch is from its opening to its record. */
export function watchDeciding(store: DecidingStore, watch: DecidingWatch): DecidingStore {
  const epochs = new BoundedMap<bigint, bigint>(MARKETS_MAX);
  const openedMs = new BoundedMap<bigint, number>(MARKETS_MAX);
  const onOpened = (market: LeasedMarket, nowMs: number): void => {
    openedMs.set(market.marketId, nowMs);
    if (market.kind === 'busy') watch.figures.lease('busy');
    if (market.kind !== 'ours' || epochs.get(market.marketId) === market.epoch) return;
    watch.figures.lease('taken');
    epochs.set(market.marketId, market.epoch);
  };
  const onWritten = ({ batches }: RoundCommit, outcomes: readonly RecordOutcome[]): void => {
    for (const outcome of outcomes) if (outcome !== 'recorded') watch.figures.conflicted(outcome);
    const recorded = batches.filter((_, index) => outcomes[index] === 'recorded');
    if (recorded.length === 0) return;
    const bidIds = recorded.flatMap(({ decided }) => decided.map(({ bidId }) => bidId));
    const nowMs = watch.clock.nowMs();
    watch.figures.batch(bidIds.length, (nowMs - (openedMs.get(at(recorded, 0).marketId) ?? nowMs)) / 1_000);
    watch.onDecided(bidIds);
  };
  const watched = (record: DecidingStore['record']): DecidingStore['record'] => {
    return async (turn) => {
      const outcomes = await traced('write decisions', { attributes: attributesOf(turn) }, () => record(turn)).catch((cause: unknown) => {
        watch.figures.conflicted('failed');
        throw cause;
      });
      onWritten(turn, outcomes);
      return outcomes;
    };
  };
  return {
    ...store,
    leaseAndRead: async (marketIds, claim, limit) => {
      const nowMs = watch.clock.nowMs();
      const opening = await store.leaseAndRead(marketIds, claim, limit);
      for (const market of opening.markets) onOpened(market, nowMs);
      return opening;
    },
    record: watched((turn) => store.record(turn)),
    held: (marketId, idleMs, work) =>
      store.held(marketId, idleMs, (held) => work({ ...held, record: watched((turn) => held.record(turn)) })),
  };
}

const attributesOf = ({ batches }: RoundCommit) => ({
  'eris.markets': batches.map(({ marketId }) => marketId.toString()).join(' '),
  'eris.bids': batches.reduce((sum, { decided }) => sum + decided.length, 0),
});
