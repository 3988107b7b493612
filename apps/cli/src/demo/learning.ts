import { setTimeout as sleep } from 'node:timers/promises';
import { createLearningStore, createPool } from '#persistence';

const POLL_MS = 20;
/** A worker that takes longer than this has more to do than the demo: its levels come late, and that is all. */
const LEARNT_WITHIN_MS = 3_000;

/** Waits until the market's level counts all that was bid. */
export interface Learning {
  readonly caughtUp: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Of the market whose prices are learnt, by what the database says of it. A slot of a real market lasts minutes: time enough to learn from the one before. */
export function followLearning(databaseUrl: string, marketId: string, clock: { nowMs(): number }): Learning {
  const pool = createPool(databaseUrl, { max: 1 });
  const store = createLearningStore(pool);
  const caughtUp = async (): Promise<void> => {
    const endMs = clock.nowMs() + LEARNT_WITHIN_MS;
    while ((await store.behind()).includes(BigInt(marketId)) && clock.nowMs() < endMs) await sleep(POLL_MS);
  };
  return { caughtUp, close: () => pool.end() };
}
