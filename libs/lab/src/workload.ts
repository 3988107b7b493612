import { at } from '#units';
import type { Instance, InstanceJob, InstanceSite } from './instance.js';
import { createPrng, type Prng } from './prng.js';

/** The resources of the paper's experiments. */
export const PAPER_RESOURCES = ['gpu', 'cpu', 'memoryGB'] as const;

/** The paper's Table II: model, chunks of 2 MB, parameters in MB (docs/experiments.md). */
const MODELS = [
  { model: 'resnet-50', chunks: 27, parameterMB: 97.4 },
  { model: 'resnet-101', chunks: 27, parameterMB: 169.9 },
  { model: 'googlenet', chunks: 115, parameterMB: 25.9 },
  { model: 'lenet', chunks: 115, parameterMB: 28.3 },
  { model: 'alexnet', chunks: 150, parameterMB: 237.9 },
  { model: 'inception-bn', chunks: 150, parameterMB: 42.9 },
] as const;

/** The paper's two settings (section VI). Its testbed sees 10 jobs, its simulator 100. */
export const SETTINGS = {
  testbed: { sites: 9, capacity: { gpu: 1, cpu: 12, memoryGB: 16 }, slots: 50 },
  simulator: { sites: 50, capacity: { gpu: 4, cpu: 24, memoryGB: 32 }, slots: 150 },
} as const;

/** The name of one of the paper's settings. */
export type Setting = keyof typeof SETTINGS;

const ARRIVING_PERCENT = 80; // jobs arrive in the first 40 of the testbed's 50 slots

/**
 * The paper's workload: Table II's jobs with tau in [1, 2], 20 or 30 epochs, P = 2 U{10..15}, chunks spread over the sites at random,
 * arrivals in the first 80 % of the slots. The same seed gives the same instance.
 */
export function paperWorkload({ kind, jobs, seed }: { kind: Setting; jobs: number; seed: number }): Instance {
  const { sites: siteCount, capacity, slots } = SETTINGS[kind];
  const prng = createPrng(seed);
  const sites = Array.from({ length: siteCount }, (_, index): InstanceSite => ({ id: `site-${index + 1}`, capacity }));
  const lastArrival = Math.ceil((slots * ARRIVING_PERCENT) / 100) - 1;
  const drawn = Array.from({ length: jobs }, () => paperJob(prng, { siteCount, lastArrival }));
  const inOrder = drawn.sort((a, b) => a.arrival - b.arrival);
  return {
    format: 'eris-instance/1',
    name: `paper-${kind}-${jobs}-${seed}`,
    slots,
    slotMinutes: 20,
    chunkMB: 2,
    bandwidthMB: 20_480,
    resources: PAPER_RESOURCES,
    prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: 1, reserve: 0 },
    sites,
    jobs: inOrder.map((job, index) => ({ id: `job-${index + 1}`, ...job })),
  };
}

function paperJob(prng: Prng, { siteCount, lastArrival }: { siteCount: number; lastArrival: number }): Omit<InstanceJob, 'id'> {
  const { model, chunks, parameterMB } = prng.pick(MODELS);
  return {
    model,
    arrival: prng.between(0, lastArrival),
    valuation: { kind: 'sigmoid', scale: 3000, tau: (1_000_000 + prng.between(0, 1_000_000)) / 1_000_000, width: 3 },
    chunks: spread(prng, { chunks, siteCount }),
    epochs: prng.pick([20, 30]),
    throughput: 2 * prng.between(10, 15),
    parameterMB,
    worker: { gpu: prng.between(0, 1), cpu: prng.between(1, 3), memoryGB: prng.between(2, 6) },
    ps: { gpu: 0, cpu: prng.between(1, 3), memoryGB: prng.between(2, 6) },
  };
}

/** Deals chunks to sites one by one; a site's chance is its weight, drawn from 10 to 100. */
export function spread(prng: Prng, { chunks, siteCount }: { chunks: number; siteCount: number }): readonly number[] {
  const weights = Array.from({ length: siteCount }, () => prng.between(10, 100));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const dealt = weights.map(() => 0);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const site = siteAt(weights, prng.below(sum));
    dealt[site] = at(dealt, site) + 1;
  }
  return dealt;
}

function siteAt(weights: readonly number[], point: number): number {
  let left = point;
  return weights.findIndex((weight) => (left -= weight) < 0);
}
