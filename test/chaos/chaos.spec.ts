import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createPrng } from '#lab';
import { hasRedisServer } from '../support/queue.js';
import { until } from '../support/until.js';
import { audit, quiet, replay } from './audit.js';
import { WorkloadClients } from './workload-clients.js';
import type { Fault } from './faults.js';
import { shuffledFaults } from './faults.js';
import { OperationHistory } from './operation-history.js';
import { type BellKind, databaseAnswers, Cluster } from './cluster.js';
import { Reader } from './reader.js';

/**
 * Faults at random points under load, each followed by a quiet time and the checkers. `--seed N` gives the same faults in the same order
 * after the same pauses; ERIS_CHAOS_ROUNDS is how many there are, ERIS_CHAOS_ONLY a word that their names hold. Every installation goes
 * through all faults, ERIS_CHAOS_PASSES times, before the next is made. ERIS_CHAOS_BULK makes the load heavier.
 */
const SEED = jest.getSeed() >>> 0;
const ROUNDS = Number(process.env.ERIS_CHAOS_ROUNDS ?? 0);
const PASSES = Number(process.env.ERIS_CHAOS_PASSES ?? 1);
const ONLY = process.env.ERIS_CHAOS_ONLY ?? '';
const ROUND_MS_MAX = 180_000;
const OPEN_MS_MAX = 90_000;
const LOAD_MS_MAX = 1_500;

interface Round {
  readonly number: number;
  readonly fault: Fault;
}

interface Plan {
  readonly number: number;
  readonly bell: BellKind;
  readonly rounds: readonly Round[];
}

/** Installations with their rounds; bells take turns where there is a Redis. */
function plansOf(seed: number, rounds: number): Plan[] {
  const random = createPrng(seed);
  const bells: BellKind[] = hasRedisServer() ? ['Redis', 'Postgres'] : ['Postgres'];
  const plans: Plan[] = [];
  for (let made = 0; made === 0 || made < rounds;) {
    const bell = bells[plans.length % bells.length];
    const passes = Array.from({ length: PASSES }, () => shuffledFaults(bell, random).filter(({ name }) => name.includes(ONLY)));
    const faults = passes.flat().slice(0, rounds > 0 ? rounds - made : undefined);
    if (faults.length === 0) throw new Error(`no fault has the word "${ONLY}" in its name`);
    plans.push({ number: plans.length + 1, bell, rounds: faults.map((fault, index) => ({ number: made + index + 1, fault })) });
    made += faults.length;
  }
  return plans;
}

describe.each(plansOf(SEED, ROUNDS))(`chaos with seed ${SEED}, installation $number, bell on $bell`, ({ number, bell, rounds }) => {
  let installation: Cluster;
  let history: OperationHistory;
  let crowd: WorkloadClients;
  let reader: Reader;
  let broken: number | undefined;

  beforeAll(async () => {
    history = new OperationHistory(`seed-${SEED}-${number}`);
    history.tell('plan', { seed: SEED, bell, faults: rounds.map(({ fault }) => fault.name) });
    installation = await Cluster.open(bell);
    crowd = new WorkloadClients(installation.url, installation.scenes, history, SEED + number);
    reader = new Reader(installation.url, installation.scenes[0]);
    reader.start();
  }, OPEN_MS_MAX);
  afterAll(async () => {
    await reader?.stop();
    await crowd?.close();
    await installation?.close();
  }, OPEN_MS_MAX);

  const decided = async (): Promise<Map<bigint, bigint>> => {
    const { rows } = await installation.pool.query<{ market_id: bigint; last: bigint }>(
      'SELECT m.id AS market_id, coalesce((SELECT max(sequence) FROM decision d WHERE d.market_id = m.id), 0)::int8 AS last FROM market m',
    );
    return new Map(rows.map(({ market_id, last }) => [market_id, last]));
  };
  /** How long it takes until bids are taken in, and until every market decides, ms. */
  const recovery = async ({ recoveryMsMax }: Fault): Promise<{ servesMs: number; decidesMs: number }> => {
    const beganMs = performance.now();
    const sinceMs = (): number => Math.round(performance.now() - beganMs);
    await databaseAnswers(installation.pool);
    const before = await decided();
    const limit = { everyMs: 20, maxMs: recoveryMsMax };
    const serves = until(() => crowd.lastAckSentMs >= beganMs, limit).then(sinceMs);
    const decides = until(async () => [...(await decided())].every(([id, last]) => last > (before.get(id) ?? 0n)), limit).then(sinceMs);
    const [servesMs, decidesMs] = await Promise.all([serves, decides]);
    return { servesMs, decidesMs };
  };
  const round = async ({ number: at, fault }: Round): Promise<void> => {
    const random = createPrng(SEED + at);
    crowd.start();
    await sleep(random.below(LOAD_MS_MAX));
    await crowd.burst();
    await sleep(random.below(300));
    history.tell('fault strikes', { round: at, fault: fault.name });
    await fault.strike(installation, random);
    const times = await recovery(fault);
    history.tell('recovered', { round: at, ...times });
    await fault.mend?.(installation);
    history.tell('mended', { round: at });
    await crowd.stop();
    const quietMs = Math.round(await quiet(installation.pool));
    const acknowledged = crowd.acknowledged.length;
    const { attempts, retries, told, opened, thoughts } = crowd;
    const { cancelled, changed } = thoughts;
    const lifecycle = { windows: opened, cancelled: cancelled.length, changed: changed.length };
    history.tell('quiet', {
      round: at,
      quietMs,
      acknowledged,
      attempts,
      retries,
      told: told.length,
      ...lifecycle,
      streamBreaks: reader.breaks,
    });
    process.stderr.write(
      `chaos ${SEED} round ${at}: ${fault.name}: serves after ${times.servesMs} ms, decides after ${times.decidesMs} ms; ${acknowledged} acknowledged, ${opened} windows, ${cancelled.length} given back, ${changed.length} changed\n`,
    );
  };

  it.each(rounds)(
    'loses nothing, decides once and recovers when $fault.name (round $number)',
    async (planned) => {
      if (broken !== undefined) throw new Error(`not tried: round ${broken} has left this installation broken`);
      try {
        await round(planned);
      } catch (cause) {
        broken = planned.number;
        crowd.giveUp();
        throw new Error(`${String(cause)}; see ${history.file}. The last words:\n${installation.lastWords()}`, { cause });
      }
      const wrong = await audit(installation.pool, crowd, reader);
      history.tell('audit', { round: planned.number, wrong, ...(wrong.length > 0 ? { apiErrors: installation.apiErrors() } : {}) });
      expect(wrong).toEqual([]);
    },
    ROUND_MS_MAX,
  );

  it(
    'decides every market again from its log, the same',
    async () => {
      const findings = await replay(installation.pool);
      history.tell('replay', { findings });
      expect(findings).toEqual([]);
    },
    ROUND_MS_MAX,
  );
});
