import { setMaxListeners } from 'node:events';
import type { MarketEvent } from '#sdk';
import type { Meter } from './meter.js';
import type { LoadStage } from './stage.js';

/** The least pause before a stream that broke is opened again, ms. */
const RETRY_MS = 200;

/** Streams of events that are being read. */
export interface Following {
  /** Hangs up. Resolves when nothing is read any more. */
  stop(): Promise<void>;
}

/** Follows the events of every market and tells the meter of each decision. A stream that breaks goes on where it was. */
export function follow({ markets, operator }: LoadStage, meter: Meter): Following {
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal); // every stream listens
  const onBreak = (cause: unknown): void => {
    if (cause !== undefined) meter.fail(`events: ${wordsOf(cause)}`);
  };
  const read = async (marketId: string): Promise<void> => {
    try {
      for await (const event of operator.events(marketId, { signal, retryMs: RETRY_MS, onBreak })) tell(meter, event);
    } catch (cause) {
      if (!signal.aborted) meter.fail(`events: ${wordsOf(cause)}`);
    }
  };
  const reading = markets.map(({ marketId }) => read(marketId));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(reading);
    },
  };
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function tell(meter: Meter, event: MarketEvent): void {
  if (event.kind === 'bid_accepted' || event.kind === 'bid_refused') meter.decision(event.payload.bidId, event.payload.outcome);
}
