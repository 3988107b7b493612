import { at } from '#units';
import { crowdedCase } from './crowded.js';
import type { Amounts, Instance, InstanceJob, InstanceSite } from './instance.js';
import { createPrng, type Prng } from './prng.js';
import { PAPER_RESOURCES, paperWorkload, spread } from './workload.js';

/**
 * Small markets with one job each, for measuring oracles against exact menus. `paper`: the paper's job on four occupied sites; `uneven`:
 * uneven sites, scarce bandwidth, heavy chunks; `remote`: the data lies where the capacity isn't, other resources, fractional speeds;
 * `broad`: the testbed's nine sites and Table II's jobs in full size, over few slots; `crowded`: jobs of that size at 5 to 13 uneven sites
 * with scarce bandwidth, sold to a good part.
 */
export const FAMILIES = { paper: paperCase, uneven: unevenCase, remote: remoteCase, broad: broadCase, crowded: crowdedCase } as const;
/** The name of a family of instances. */
export type Family = keyof typeof FAMILIES;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** A fresh source for each family and seed, so that families don't move together. */
const prngOf = (family: number, seed: number): Prng => createPrng(seed * 8 + family);

function drawn(prng: Prng, ranges: Readonly<Record<string, readonly [number, number]>>): Amounts {
  return Object.fromEntries(Object.entries(ranges).map(([name, [low, high]]) => [name, prng.between(low, high)]));
}

/** At most `percent` of every capacity, in whole units. */
function occupied(prng: Prng, { capacity, percent }: { capacity: Amounts; percent: number }): Amounts {
  return Object.fromEntries(
    Object.entries(capacity).map(([name, amount]) => [name, prng.between(0, Math.floor((amount * percent) / 100))]),
  );
}

function paperCase(seed: number): Instance {
  const prng = prngOf(1, seed);
  const [slots, siteCount] = [8, 4];
  const drawnJob = at(paperWorkload({ kind: 'testbed', jobs: 1, seed: prng.below(2 ** 32) }).jobs, 0);
  const sites = times(siteCount, (index): InstanceSite => ({ id: `site-${index + 1}`, capacity: { gpu: 2, cpu: 12, memoryGB: 24 } }));
  const chunks = spread(prng, { chunks: prng.between(3, 12), siteCount });
  return {
    format: 'eris-instance/1',
    name: `paper-case-${seed}`,
    slots,
    slotMinutes: 20,
    chunkMB: 2,
    bandwidthMB: 20_480,
    resources: PAPER_RESOURCES,
    prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: 1, reserve: 0 },
    sites,
    occupancy: {
      bandwidthMB: times(slots, () => prng.between(0, 12_288)),
      sites: times(slots, () => sites.map(({ capacity }) => occupied(prng, { capacity, percent: 90 }))),
    },
    jobs: [{ ...drawnJob, id: 'job-1', arrival: 0, chunks }],
  };
}

function unevenCase(seed: number): Instance {
  const prng = prngOf(2, seed);
  const slots = prng.between(4, 6);
  const sites = times(prng.between(3, 4), (index): InstanceSite => ({
    id: `site-${index + 1}`,
    capacity: drawn(prng, { gpu: [1, 6], cpu: [8, 40], memoryGB: [16, 80] }),
  }));
  const bandwidthMB = prng.between(80, 600);
  const gammas = times(4, () => prng.pick([10, 100, 1000]));
  return {
    format: 'eris-instance/1',
    name: `uneven-case-${seed}`,
    slots,
    slotMinutes: 30,
    chunkMB: prng.between(4, 30),
    bandwidthMB,
    resources: PAPER_RESOURCES,
    prices: { gamma: { bandwidth: at(gammas, 0), gpu: at(gammas, 1), cpu: at(gammas, 2), memoryGB: at(gammas, 3) }, unit: 1, reserve: 0 },
    sites,
    occupancy: {
      bandwidthMB: times(slots, () => prng.between(0, Math.floor(bandwidthMB * 0.85))),
      sites: times(slots, () =>
        sites.map(({ capacity }) => ({ ...occupied(prng, { capacity, percent: 75 }), gpu: prng.between(0, at(capacity, 'gpu')) })),
      ),
    },
    jobs: [unevenJob(prng, { slots, siteCount: sites.length })],
  };
}

function unevenJob(prng: Prng, { slots, siteCount }: { slots: number; siteCount: number }): InstanceJob {
  const dealt = times(siteCount, () => prng.between(0, 6));
  const chunks = dealt.some((count) => count > 0) ? dealt : dealt.map(() => 1);
  const epochs = prng.between(1, 12);
  return {
    id: 'job-1',
    arrival: 0,
    valuation: prng.pick([
      { kind: 'deadline', value: 3000, deadline: prng.between(1, slots - 1) },
      { kind: 'linear', value: 4000, decay: prng.between(100, 900) },
      { kind: 'sigmoid', scale: 5000, tau: 1.5, width: 3 },
    ]),
    chunks,
    epochs,
    throughput: prng.between(Math.max(1, Math.floor(epochs / 2)), epochs * 3),
    parameterMB: prng.between(0, 800) / 100,
    worker: drawn(prng, { gpu: [0, 2], cpu: [1, 5], memoryGB: [1, 10] }),
    ps: drawn(prng, { gpu: [0, 0], cpu: [1, 6], memoryGB: [1, 12] }),
  };
}

/** Sites in pairs of kinds: stores full of data with hardly a core, and halls of cores without data; load ebbs and flows over the slots. */
function remoteCase(seed: number): Instance {
  const prng = prngOf(3, seed);
  const slots = prng.between(4, 7);
  const stores = prng.between(1, 2);
  const siteCount = stores + prng.between(2, 3);
  const sites = times(siteCount, (index): InstanceSite => ({
    id: `${index < stores ? 'store' : 'hall'}-${index + 1}`,
    capacity: index < stores ? drawn(prng, { core: [0, 3], fpga: [0, 1] }) : drawn(prng, { core: [6, 24], fpga: [0, 4] }),
  }));
  const chunkMB = prng.between(2, 20) / 2;
  const chunks = sites.map((_, index) => (index < stores ? prng.between(2, 9) : prng.between(0, 1)));
  const bandwidthMB = prng.between(60, 400);
  return {
    format: 'eris-instance/1',
    name: `remote-case-${seed}`,
    slots,
    slotMinutes: 15,
    chunkMB,
    bandwidthMB,
    resources: ['core', 'fpga'],
    prices: {
      gamma: { bandwidth: prng.pick([2, 30, 1000]), core: prng.pick([2, 30, 1000]), fpga: prng.pick([30, 1000]) },
      unit: prng.pick([1, 5]),
      reserve: prng.pick([0, 0.05]),
    },
    sites,
    occupancy: remoteOccupancy(prng, { slots, sites, bandwidthMB }),
    jobs: [remoteJob(prng, { slots, chunks })],
  };
}

function remoteOccupancy(
  prng: Prng,
  { slots, sites, bandwidthMB }: { slots: number; sites: readonly InstanceSite[]; bandwidthMB: number },
): Instance['occupancy'] {
  const turn = prng.between(0, slots - 1);
  const tide = times(slots, (slot) => 30 + Math.floor((60 * Math.abs(slot - turn)) / slots));
  return {
    bandwidthMB: tide.map((percent) => prng.between(0, Math.floor((bandwidthMB * percent) / 100))),
    sites: tide.map((percent) => sites.map(({ capacity }) => occupied(prng, { capacity, percent }))),
  };
}

function remoteJob(prng: Prng, { slots, chunks }: { slots: number; chunks: readonly number[] }): InstanceJob {
  const epochs = prng.between(1, 6);
  const first = prng.between(500, 3000);
  const values = times(slots, (d) => Math.max(0, first - d * prng.pick([0, 100, 400])));
  return {
    id: 'job-1',
    arrival: prng.between(0, 1),
    valuation: { kind: 'table', values: values.map((_, d) => Math.min(...values.slice(0, d + 1))) },
    chunks,
    epochs,
    throughput: (epochs * prng.between(7, 40)) / 10,
    parameterMB: prng.between(0, 600) / 10,
    worker: { core: prng.between(1, 3), fpga: prng.between(0, 1) },
    ps: { core: prng.between(0, 2), fpga: prng.pick([0, 0, 1]) },
  };
}

/** The testbed, half sold, and one of Table II's jobs as it is: too many chunks over too many homes for small tables. */
function broadCase(seed: number): Instance {
  const prng = prngOf(4, seed);
  const base = paperWorkload({ kind: 'testbed', jobs: 1, seed: prng.below(2 ** 32) });
  const slots = prng.between(4, 7);
  const capacity = { gpu: 4, cpu: 32, memoryGB: 64 };
  const sites = base.sites.map((site) => ({ ...site, capacity }));
  return {
    ...base,
    name: `broad-case-${seed}`,
    slots,
    sites,
    occupancy: {
      bandwidthMB: times(slots, () => prng.between(0, 12_288)),
      sites: times(slots, () => sites.map(() => occupied(prng, { capacity, percent: 50 }))),
    },
    jobs: [{ ...at(base.jobs, 0), arrival: 0 }],
  };
}
