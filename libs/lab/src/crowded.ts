import { at } from '#units';
import type { Instance, InstanceSite } from './instance.js';
import { createPrng, type Prng } from './prng.js';
import { spread } from './workload.js';

/** Chunks of Table II's jobs, and sizes between them. */
const JOBS: readonly (readonly [chunks: number, parameterMB: number])[] = [
  [27, 97.4],
  [27, 169.9],
  [60, 60],
  [115, 25.9],
  [115, 28.3],
  [150, 237.9],
  [150, 42.9],
];
const RESOURCES = ['gpu', 'cpu', 'memoryGB', 'diskGB'];
const SLOTS = 8;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/**
 * One job of the testbed's size in a market that is sold to a good part: 5 to 13 uneven sites, three or four resources, chunks of 2 to 40 MB
 * and little bandwidth, so that where which chunks stay at home decides everything.
 */
export function crowdedCase(seed: number): Instance {
  const prng = createPrng(seed * 8 + 5);
  const resources = RESOURCES.slice(0, prng.between(3, 4));
  const sites = times(prng.between(5, 13), (index): InstanceSite => ({ id: `site-${index + 1}`, capacity: capacityOf(prng, resources) }));
  const bandwidthMB = prng.between(150, 3000);
  const busy = prng.between(0, 90);
  const used = (most: number): number => Math.min(most, Math.floor((most * busy * prng.between(50, 150)) / 10_000));
  const [chunks, parameterMB] = prng.pick(JOBS);
  const dealt = dealOver(prng, chunks, sites.length);
  const gamma = (): number => prng.pick([10, 100, 1000]);
  return {
    format: 'eris-instance/1',
    name: `crowded-case-${seed}`,
    slots: SLOTS,
    slotMinutes: 20,
    chunkMB: prng.between(2, 40),
    bandwidthMB,
    resources,
    prices: { gamma: { bandwidth: gamma(), ...Object.fromEntries(resources.map((name) => [name, gamma()])) }, unit: 1, reserve: 0 },
    sites,
    occupancy: {
      bandwidthMB: times(SLOTS, () => Math.floor((bandwidthMB * busy * prng.between(0, 100)) / 10_000)),
      sites: times(SLOTS, () =>
        sites.map(({ capacity }) => Object.fromEntries(Object.entries(capacity).map(([name, most]) => [name, used(most)]))),
      ),
    },
    jobs: [
      {
        id: 'job-1',
        arrival: 0,
        valuation: { kind: 'sigmoid', scale: 3000 * prng.between(1, 10), tau: 1.5, width: prng.between(2, 6) },
        chunks: dealt,
        epochs: prng.pick([20, 30]),
        throughput: prng.between(5, 60),
        parameterMB: prng.below(10) < 3 ? prng.between(0, 500) / 100 : parameterMB,
        worker: needs(prng, resources, { gpu: [0, 1], cpu: [1, 3], memoryGB: [2, 6], diskGB: [0, 4] }),
        ps: needs(prng, resources, { gpu: [0, 0], cpu: [1, 3], memoryGB: [2, 6], diskGB: [0, 8] }),
      },
    ],
  };
}

function capacityOf(prng: Prng, resources: readonly string[]): Record<string, number> {
  return needs(prng, resources, { gpu: [0, 4], cpu: [4, 32], memoryGB: [8, 64], diskGB: [10, 100] });
}

function needs(
  prng: Prng,
  resources: readonly string[],
  ranges: Readonly<Record<string, readonly [number, number]>>,
): Record<string, number> {
  return Object.fromEntries(resources.map((name) => [name, prng.between(...at(ranges, name))]));
}

/** Chunks over some of the sites: all of them, or seven in ten. */
function dealOver(prng: Prng, chunks: number, siteCount: number): readonly number[] {
  const homes = times(siteCount, () => prng.below(10) < 7);
  if (!homes.includes(true)) homes[0] = true;
  const parts = spread(prng, { chunks, siteCount: homes.filter(Boolean).length });
  let next = 0;
  return homes.map((isHome) => (isHome ? at(parts, next++) : 0));
}
