import type { Valuation } from '#mechanism';
import type { Instance, InstanceJob, InstanceSite } from '../instance.js';
import { createPrng, type Prng } from '../prng.js';
import { paperWorkload, type Setting } from '../workload.js';

/** A family of instances that price rules are compared on. */
export interface Workload {
  readonly name: string;
  /** How many seeds the published table has. */
  readonly seeds: number;
  /** The instance of a seed: the same seed gives the same one. */
  readonly make: (seed: number) => Instance;
}

const UNIT = 1_000_000;
/** A number in [0, 1). */
const chance = (prng: Prng): number => prng.below(UNIT) / UNIT;

const base =
  (kind: Setting, jobs: number) =>
  (seed: number): Instance =>
    paperWorkload({ kind, jobs, seed });

type Change = (job: InstanceJob, prng: Prng, at: { readonly index: number; readonly of: number }) => InstanceJob;

/** The jobs changed one by one, by chance of the seed's own, and brought into the order of their arrivals again. */
function withJobs(instance: Instance, salt: number, seed: number, change: Change): Instance {
  const prng = createPrng(seed * 64 + salt);
  const jobs = instance.jobs.map((job, index) => change(job, prng, { index, of: instance.jobs.length }));
  const inOrder = jobs.map((job, index) => ({ job, index })).sort((a, b) => a.job.arrival - b.job.arrival || a.index - b.index);
  return { ...instance, jobs: inOrder.map(({ job }, index) => ({ ...job, id: `job-${index + 1}` })) };
}

const scaled = (job: InstanceJob, factor: number): InstanceJob => {
  const { valuation } = job;
  if (valuation.kind === 'sigmoid') return { ...job, valuation: { ...valuation, tau: valuation.tau * factor } };
  return job;
};

/** Where values come from: most are usual, a few are very large (Pareto with exponent 1.75, cut at 100). */
const heavy: Change = (job, prng) => scaled(job, Math.min(100, (1 - chance(prng)) ** (-1 / 1.75)));

/** What the sigmoid of the job is worth at once. */
const atOnce = ({ valuation }: InstanceJob): number => (valuation.kind === 'sigmoid' ? (valuation.scale * valuation.tau) / 2 : 0);

const mixed: Change = (job, prng) => {
  const value = atOnce(job);
  const kinds: readonly Valuation[] = [
    job.valuation,
    { kind: 'deadline', value, deadline: prng.between(1, 10) },
    { kind: 'linear', value, decay: value / prng.between(4, 20) },
    { kind: 'table', values: [value, value * 0.8, value * 0.8, value * 0.5, value * 0.2] },
  ];
  return { ...job, valuation: prng.pick(kinds) };
};

/** Half of all arrivals fall into a tenth of the slots. */
const burstyIn =
  (slots: number): Change =>
  (job, prng) => {
    const bursts = 2;
    if (chance(prng) < 0.5) return job;
    const burst = prng.below(bursts);
    const first = Math.floor((slots * (2 + 4 * burst)) / 10);
    return { ...job, arrival: first + prng.below(Math.max(1, Math.floor(slots / 20))) };
  };

/** Values rise over the jobs' order by a factor of five. */
const lowFirst: Change = (job, _, { index, of }) => scaled(job, 0.2 + (1.2 * index) / of);

const patient: Change = (job, prng) => ({
  ...job,
  valuation: { kind: 'deadline', value: atOnce(job), deadline: prng.between(15, 35) },
});

const halfPatient: Change = (job, prng, at) => (chance(prng) < 0.5 ? patient(job, prng, at) : job);

/** Sites of very different sizes, with the testbed's capacity in all. */
function uneven(instance: Instance, seed: number): Instance {
  const prng = createPrng(seed * 64 + 7);
  const sites = instance.sites.map((site): InstanceSite => {
    const size = prng.pick([0, 1, 1, 2, 3]);
    return { ...site, capacity: { gpu: size, cpu: 4 + 6 * size + prng.between(0, 4), memoryGB: 8 + 6 * size + prng.between(0, 6) } };
  });
  return { ...instance, sites };
}

/** The testbed's jobs over six times as many slots. */
function long(jobs: number, seed: number): Instance {
  const slots = 300;
  const instance = base('testbed', jobs)(seed);
  return withJobs({ ...instance, slots }, 9, seed, (job, prng) => ({ ...job, arrival: prng.between(0, 239) }));
}

const changed =
  (make: (seed: number) => Instance, salt: number, change: Change) =>
  (seed: number): Instance =>
    withJobs(make(seed), salt, seed, change);

/** The sixteen workloads: the paper's at several loads, and variants of it. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'testbed 10', seeds: 24, make: base('testbed', 10) },
  { name: 'testbed 60', seeds: 16, make: base('testbed', 60) },
  { name: 'testbed 200', seeds: 8, make: base('testbed', 200) },
  { name: 'simulator 100', seeds: 4, make: base('simulator', 100) },
  { name: 'simulator 400', seeds: 2, make: base('simulator', 400) },
  { name: 'simulator 1500', seeds: 1, make: base('simulator', 1500) },
  { name: 'bursty', seeds: 16, make: changed(base('testbed', 60), 1, burstyIn(50)) },
  { name: 'heavy-tailed values', seeds: 16, make: changed(base('testbed', 60), 2, heavy) },
  { name: 'mixed valuations', seeds: 16, make: changed(base('testbed', 60), 3, mixed) },
  { name: 'scarce bandwidth', seeds: 16, make: (seed) => ({ ...base('testbed', 60)(seed), bandwidthMB: 600 }) },
  { name: 'uneven sites', seeds: 16, make: (seed) => uneven(base('testbed', 60)(seed), seed) },
  { name: 'low value first', seeds: 16, make: changed(base('testbed', 60), 4, lowFirst) },
  { name: 'long, 300 slots', seeds: 3, make: (seed) => long(400, seed) },
  { name: 'simulator, heavy tail', seeds: 2, make: changed(base('simulator', 400), 5, heavy) },
  { name: 'patient', seeds: 12, make: changed(base('testbed', 60), 6, patient) },
  { name: 'half patient', seeds: 3, make: changed((seed) => long(400, seed), 8, halfPatient) },
];
