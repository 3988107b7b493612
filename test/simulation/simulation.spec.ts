import type { Sabotage } from './database.js';
import type { RunResult } from './simulate.js';

/** Jest's own way to put another module in a module's place, which its types do not know yet. */
interface ModuleMocks {
  unstable_mockModule(name: string, factory: () => object): void;
}
const virtualSleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)); // while a run lasts, that is virtual time
(import.meta.jest as unknown as ModuleMocks).unstable_mockModule('node:timers/promises', () => ({ setTimeout: virtualSleep }));
const { simulate } = await import('./simulate.js');

const SEEDS = Number(process.env.ERIS_SIMULATION_SEEDS ?? 200);
const FIRST_SEED = Number(process.env.ERIS_SEED ?? 1);
const SABOTAGE_SEEDS_MAX = 300;

const replayWith = (seed: number): string => `ERIS_SEED=${seed} ERIS_SIMULATION_SEEDS=1 npm run test:unit -- test/simulation`;

// Real: accepting, deciding, clocks, catalogue, windows, repairs, cancelling, heartbeats, receipts, the verifier, the mechanism, the ledger. Fake: Postgres (a model with sessions, locks
// and transactions), the queue, time, the processes; the scheduler interleaves them as the seed says.
describe('a market under every interleaving that a seed can think of', () => {
  it(
    `keeps its laws over ${SEEDS} seeds from ${FIRST_SEED} on`,
    async () => {
      const results: RunResult[] = [];
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        const result = await simulate(seed);
        if (result.problems.length > 0) throw new Error(`seed ${seed}:\n${result.problems.join('\n')}\nAgain: ${replayWith(seed)}`);
        results.push(result);
      }
      if (SEEDS < 100) return;
      const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0);
      expect(sum(({ faults }) => faults)).toBeGreaterThan(SEEDS); // or nothing was tried
      expect(sum(({ accepted }) => accepted)).toBeGreaterThan(SEEDS);
      expect(sum(({ epochs }) => epochs)).toBeGreaterThan(2 * SEEDS);
      expect(sum(({ windows }) => windows)).toBeGreaterThan(SEEDS / 2);
      expect(sum(({ hits }) => hits)).toBeGreaterThan(SEEDS / 10);
      expect(sum(({ cancelled }) => cancelled)).toBeGreaterThan(SEEDS / 10);
      expect(sum(({ changed }) => changed)).toBeGreaterThan(SEEDS / 50);
      expect(sum(({ keptAsTheyWere }) => keptAsTheyWere)).toBeGreaterThan(SEEDS / 50);
      expect(sum(({ silences }) => silences)).toBeGreaterThan(0);
    },
    Math.max(300_000, SEEDS * 500),
  );

  it('is the same again for the same seed', async () => {
    expect(await simulate(FIRST_SEED)).toEqual(await simulate(FIRST_SEED));
  });

  it.each<Sabotage>([
    'no gate',
    'commits half',
    'loses the backlog',
    'holds nothing',
    'forgets whose turn it was',
    'repairs without a fence',
    'forgets windows',
  ])(
    'notices a database that has/is: %s',
    async (sabotage) => {
      for (let seed = 1; seed <= SABOTAGE_SEEDS_MAX; seed++) if ((await simulate(seed, sabotage)).problems.length > 0) return;
      throw new Error(`${SABOTAGE_SEEDS_MAX} seeds have seen nothing`);
    },
    60_000,
  );
});
