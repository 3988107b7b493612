import { createOracle } from '#kinds';
import {
  admit,
  createBook,
  densityOf,
  LEVEL_MICROS_MAX,
  NEW_LEARNING_RULE,
  type PriceRule,
  pricesOf,
  referenceBook,
  VALUE_CREDITS_MAX,
} from '#mechanism';
import { micros } from '#units';
import { creditsToMicros, toBid, toMarketSpec } from '../convert.js';
import type { Instance } from '../instance.js';
import { paperWorkload } from '../workload.js';

const oracle = createOracle('default');
const RULES: readonly (readonly [string, PriceRule])[] = [
  [
    'paper',
    { kind: 'paper', gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: creditsToMicros(1), reserve: micros(0n) },
  ],
  ['flat', { kind: 'flat', level: creditsToMicros(200), levels: {} }],
  ['learning', { ...NEW_LEARNING_RULE, level: creditsToMicros(200), opening: false }],
  ['learning, opening', NEW_LEARNING_RULE],
];

/** A market of one site with so many GPUs, and a job at it. */
function lone(gpu: number, value: number, workerGpu = 0) {
  const [job] = paperWorkload({ kind: 'testbed', jobs: 1, seed: 3 }).jobs;
  const valuation = { kind: 'deadline', value, deadline: 40 } as const;
  const instance: Instance = {
    ...paperWorkload({ kind: 'testbed', jobs: 1, seed: 3 }),
    sites: [{ id: 'only', capacity: { gpu, cpu: 12, memoryGB: 16 } }],
    jobs: [],
  };
  const asked = { ...job, id: 'job', chunks: [4], arrival: 0, worker: { gpu: workerGpu, cpu: 2, memoryGB: 4 }, valuation };
  return { spec: toMarketSpec(instance), bid: toBid(asked, instance.resources) };
}

describe.each(RULES)('at the ends of what is allowed, prices by the rule %s', (_name, prices) => {
  const decide = ({ spec, bid }: ReturnType<typeof lone>) => admit({ book: createBook({ ...spec, prices }, 0), bid, arrival: 0, oracle });

  it('sell nothing to a bid that is worth nothing', () => {
    expect(decide(lone(1, 0))).toMatchObject({ kind: 'refused', refusal: { code: 'price_above_value' } });
  });

  it('sell to a bid that is worth the most there is, at what is posted', () => {
    const decision = decide(lone(1, VALUE_CREDITS_MAX));
    expect(decision).toMatchObject({ kind: 'accepted', value: creditsToMicros(VALUE_CREDITS_MAX) });
    expect(decision.kind === 'accepted' && decision.payment < creditsToMicros(10_000)).toBe(true);
  });

  it('are posted where a market has nothing of a resource, and sell what needs none of it', () => {
    const { spec } = lone(0, 1);
    const posted = pricesOf(createBook({ ...spec, prices }, 0), 0);
    expect(posted.every((price) => price >= 0n && price <= BigInt(LEVEL_MICROS_MAX))).toBe(true);
    expect(decide(lone(0, VALUE_CREDITS_MAX)).kind).toBe('accepted');
    expect(decide(lone(0, VALUE_CREDITS_MAX, 1))).toMatchObject({ kind: 'refused', refusal: { code: 'no_feasible_schedule' } });
  });
});

it('measures nothing of a bid that is worth nothing or fits nowhere, and no more than a level can be of any other', () => {
  const measured = ({ spec, bid }: ReturnType<typeof lone>) =>
    densityOf({ book: referenceBook(spec), bid, oracle, fundsMicros: micros(10n ** 18n) });
  expect(measured(lone(1, 0))).toBeUndefined();
  expect(measured(lone(0, 1_000, 1))).toBeUndefined();
  expect(measured(lone(0, VALUE_CREDITS_MAX))?.levelMicros).toBeLessThanOrEqual(LEVEL_MICROS_MAX);
  expect(measured(lone(1, 1_000))?.shares).toHaveLength(4);
});
