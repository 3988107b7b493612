import { createPrng, type Prng } from '#lab';
import { type MarketClock, type MarketState, newestTerms } from '#market';
import { paperRule } from '#mechanism';
import { micros } from '#units';

/** A market, its bids in the order in which they are decided, and what happens between them; all drawn from one seed. */
export interface AnswersMarket {
  readonly name: string;
  readonly seed: number;
  readonly sites: number;
  readonly slots: number;
  readonly resources: readonly string[];
  readonly bandwidthMB: number;
  readonly clock: MarketClock;
  /** Capacity of each site per resource, units. */
  readonly capacity: (random: Prng) => readonly number[];
  /** What bidders have at first, credits. */
  readonly funds: readonly number[];
  readonly bids: number;
  readonly batch: number;
  /** A bid's body. */
  readonly body: (random: Prng, siteIds: readonly string[]) => object;
  /** Of a thousand batches: after how many the clock moves, a site's capacity changes, bidders get money. */
  readonly clockPerMille: number;
  readonly capacityPerMille: number;
  readonly moneyPerMille: number;
}

const EDGE = ['gpu', 'cpu', 'memoryGB'] as const;
const real = (random: Prng): number => random.below(1_000_000) / 1_000_000;

/** Any of the four valuations, worth up to `most` credits and for up to `slots` slots. */
function valuationOf(random: Prng, most: number, slots: number): object {
  const value = Math.round(most * real(random) * 1_000) / 1_000;
  switch (random.below(4)) {
    case 0:
      return { kind: 'sigmoid', scale: value, tau: 1 + real(random), width: random.between(1, 6) };
    case 1:
      return { kind: 'deadline', value, deadline: random.below(slots + 2) };
    case 2:
      return { kind: 'linear', value, decay: value / random.between(1, slots) };
    default:
      return { kind: 'table', values: Array.from({ length: random.between(1, slots) }, (_, d) => value / (1 + d)) };
  }
}

function chunksOf(random: Prng, siteIds: readonly string[], { total, homes }: { total: number; homes: number }): Record<string, number> {
  const at = Array.from({ length: homes }, () => random.pick(siteIds));
  const chunks: Record<string, number> = {};
  for (let left = total; left > 0; left--) {
    const site = random.pick(at);
    chunks[site] = (chunks[site] ?? 0) + 1;
  }
  return chunks;
}

/** A job like those of the paper's Table II, of `chunks` chunks. */
function paperBody(chunks: readonly [least: number, most: number], homes: number): AnswersMarket['body'] {
  return (random, siteIds) => ({
    valuation: { kind: 'sigmoid', scale: 3000, tau: 1 + real(random), width: 3 },
    chunks: chunksOf(random, siteIds, { total: random.between(...chunks), homes }),
    epochs: random.pick([20, 30]),
    throughput: 2 * random.between(10, 15),
    parameterMB: random.pick([97.4, 169.9, 25.9, 28.3, 237.9, 42.9]),
    worker: { gpu: random.between(0, 1), cpu: random.between(1, 3), memoryGB: random.between(2, 6) },
    ps: { cpu: random.between(1, 3), memoryGB: random.between(2, 6) },
  });
}

/** A job of a few chunks, worth anything from nothing to a lot, now and then none at all. */
function smallBody(most: number, slots: number): AnswersMarket['body'] {
  return (random, siteIds) => ({
    ...(random.below(3) === 0 ? { label: `job ${random.below(100)}` } : {}),
    valuation: valuationOf(random, most, slots),
    chunks: random.below(40) === 0 ? {} : chunksOf(random, siteIds, { total: random.between(1, 8), homes: 3 }),
    epochs: random.between(1, 12),
    throughput: random.between(1, 40) / 2,
    parameterMB: random.below(60) / 4,
    worker: { gpu: random.below(2) / 2, cpu: random.between(1, 3), memoryGB: random.between(1, 6) },
    ps: { cpu: random.below(3) / 2, memoryGB: random.below(3) },
  });
}

const TESTBED = {
  sites: 9,
  slots: 50,
  resources: EDGE,
  bandwidthMB: 20_480,
  clock: 'manual',
  capacity: () => [1, 12, 16],
  batch: 8,
} as const satisfies Partial<AnswersMarket>;

const SMALL = {
  resources: EDGE,
  clock: 'manual',
  capacity: (random) => [random.between(1, 3), random.between(4, 12), random.between(8, 24)],
  batch: 5,
} as const satisfies Partial<AnswersMarket>;

const RICH = [1e6, 1e6, 1e6, 1e6];

/** Small and large markets, roomy and tight ones; small and large jobs; funds that suffice and funds that run out. */
export const MARKETS: readonly AnswersMarket[] = [
  {
    ...TESTBED,
    name: 'testbed',
    seed: 1,
    funds: RICH,
    bids: 1_500,
    body: paperBody([27, 150], 9),
    clockPerMille: 300,
    capacityPerMille: 20,
    moneyPerMille: 0,
  },
  {
    ...TESTBED,
    name: 'short of funds',
    seed: 2,
    funds: [900, 300, 40, 0],
    bids: 1_500,
    body: paperBody([1, 30], 4),
    clockPerMille: 400,
    capacityPerMille: 20,
    moneyPerMille: 300,
  },
  {
    ...SMALL,
    name: 'small and tight',
    seed: 3,
    sites: 3,
    slots: 6,
    bandwidthMB: 12,
    funds: [400, 60, 20],
    bids: 3_500,
    body: smallBody(60, 6),
    clockPerMille: 500,
    capacityPerMille: 60,
    moneyPerMille: 250,
  },
  {
    ...SMALL,
    name: 'small and roomy',
    seed: 4,
    sites: 4,
    slots: 12,
    bandwidthMB: 2_000,
    funds: RICH,
    bids: 2_500,
    body: smallBody(40, 12),
    clockPerMille: 500,
    capacityPerMille: 30,
    moneyPerMille: 0,
  },
  {
    ...SMALL,
    name: 'by the hour',
    seed: 5,
    sites: 2,
    slots: 24,
    bandwidthMB: 100,
    clock: 'realtime',
    funds: [500, 500],
    bids: 1_500,
    body: smallBody(30, 24),
    clockPerMille: 600,
    capacityPerMille: 50,
    moneyPerMille: 200,
  },
  {
    ...SMALL,
    name: 'one chunk among many sites',
    seed: 6,
    sites: 60,
    slots: 40,
    bandwidthMB: 500,
    funds: RICH,
    bids: 300,
    body: paperBody([1, 1], 1),
    clockPerMille: 200,
    capacityPerMille: 50,
    moneyPerMille: 0,
  },
  {
    ...SMALL,
    name: 'simulator',
    seed: 7,
    sites: 50,
    slots: 150,
    bandwidthMB: 20_480,
    capacity: () => [4, 24, 32],
    funds: RICH,
    bids: 120,
    body: paperBody([27, 150], 50),
    clockPerMille: 300,
    capacityPerMille: 20,
    moneyPerMille: 0,
  },
  {
    ...SMALL,
    name: 'vast',
    seed: 8,
    sites: 250,
    slots: 120,
    bandwidthMB: 200_000,
    capacity: () => [8, 64, 256],
    funds: RICH,
    bids: 24,
    body: paperBody([800, 4_000], 120),
    clockPerMille: 300,
    capacityPerMille: 100,
    moneyPerMille: 0,
  },
];

/** A market as it is opened, before its first bid. */
export function openingOf({ clock, slots, bandwidthMB, resources, sites, capacity, seed }: AnswersMarket): MarketState {
  const random = createPrng(seed);
  return {
    head: { marketId: 1n, sequence: 1n, status: 'open', clock, slot: 0 },
    operatorId: 1n,
    priceVersion: 1n,
    horizonSlots: slots,
    chunkKb: 2_000n,
    bandwidthKb: BigInt(bandwidthMB * 1_000),
    resources,
    terms: {
      ...newestTerms(paperRule(resources, 1000, { unit: micros(1_000_000n), reserve: micros(BigInt(random.below(3)) * 1_000n) })),
      oracle: 'default/3',
    },
    sites: Array.from({ length: sites }, (_, ordinal) => ({
      id: `${100 + ordinal}`,
      ordinal,
      capacityMilli: capacity(random).map((units) => 1_000 * units),
    })),
    usage: [],
  };
}
