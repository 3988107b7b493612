import type { Valuation } from '#mechanism';
import { at } from '#units';
import type { Instance, InstanceJob, InstanceSite } from '../instance.js';
import { createPrng, type Prng } from '../prng.js';
import { PAPER_RESOURCES, SETTINGS, spread } from '../workload.js';
import type { Workload } from './workloads.js';

/** A training job as a cluster's trace tells it. Times in seconds. */
export interface TraceJob {
  readonly submittedSeconds: number;
  readonly durationSeconds: number;
  readonly gpus: number;
  /** By when it was to be done; undefined where the trace does not say. */
  readonly deadlineSeconds: number | undefined;
  readonly model: string | undefined;
}

/** A trace's jobs in the order of their submission, or what is wrong with the text: a line each. */
export type ParsedTrace =
  { readonly kind: 'trace'; readonly jobs: readonly TraceJob[] } | { readonly kind: 'faults'; readonly faults: readonly string[] };

const NEEDED = ['submission_time', 'duration', 'num_gpu'] as const;
const FAULTS_MAX = 20;
const SECONDS_MAX = 1e10;
const GPUS_MAX = 1e4;
/** Fewer are no workload. */
const JOBS_MIN = 10;
const ROWS_MAX = 1_000_000;

/** Reads a trace: comma-separated, its first line names the columns; others than those needed, `deadline` and `model_name` are not looked at. */
export function parseTrace(text: string): ParsedTrace {
  const [head = '', ...rows] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = head.split(',').map((name) => name.trim());
  const missing = NEEDED.filter((name) => !columns.includes(name));
  if (missing.length > 0) return { kind: 'faults', faults: missing.map((name) => `line 1: names no column ${name}`) };
  if (rows.length > ROWS_MAX) return { kind: 'faults', faults: [`has ${rows.length} rows, and may have ${ROWS_MAX}`] };
  const faults: string[] = [];
  const jobs: TraceJob[] = [];
  for (const [index, row] of rows.entries()) {
    if (row.trim() === '' || faults.length >= FAULTS_MAX) continue;
    const job = jobIn(row, columns, (detail) => faults.push(`line ${index + 2}: ${detail}`));
    if (job) jobs.push(job);
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  if (jobs.length < JOBS_MIN) return { kind: 'faults', faults: [`has ${jobs.length} jobs, and needs ${JOBS_MIN}`] };
  return { kind: 'trace', jobs: jobs.sort((one, other) => one.submittedSeconds - other.submittedSeconds) };
}

function jobIn(row: string, columns: readonly string[], fault: (detail: string) => void): TraceJob | undefined {
  const cells = row.split(',').map((cell) => cell.trim());
  if (cells.length !== columns.length) {
    fault(`has ${cells.length} cells, and the first line ${columns.length}`);
    return undefined;
  }
  const textOf = (name: string): string | undefined => cells[columns.indexOf(name)];
  const numberOf = (name: string, { least, most }: { readonly least: number; readonly most: number }): number => {
    const text = textOf(name) ?? '';
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (!(number >= least && number <= most)) fault(`${name}: ${text.slice(0, 40)} is no number from ${least} to ${most}`);
    return number;
  };
  const deadline = textOf('deadline');
  return {
    submittedSeconds: numberOf('submission_time', { least: 0, most: SECONDS_MAX }),
    durationSeconds: numberOf('duration', { least: 1, most: SECONDS_MAX }),
    gpus: numberOf('num_gpu', { least: 1, most: GPUS_MAX }),
    deadlineSeconds: deadline === undefined || deadline === '' ? undefined : numberOf('deadline', { least: 0, most: SECONDS_MAX }),
    model: textOf('model_name'),
  };
}

const { sites: SITES, capacity: CAPACITY, slots: SLOTS } = SETTINGS.testbed;
const SLOT_MINUTES = 20;
const SLOT_SECONDS = SLOT_MINUTES * 60;
/** Jobs arrive in the first four fifths of the slots, as in the paper. */
const ARRIVING_SLOTS = (SLOTS * 4) / 5;
/** No more jobs an instance: what a burst has beyond is left out. */
const JOBS_MAX = 200;
/** Chunk-epochs that a worker does in a slot, and chunks that a job has. */
const THROUGHPUT = 24;
const CHUNKS = { least: 20, most: 60 };
/** A job that took longer is cut: it would fit into no instance. */
const GPU_SLOTS_MAX = 100;
/** Credits that a GPU's slot is worth to a job. */
const WORTH = { least: 50, most: 150 };

/** Parameters in MB (four bytes each) of the models that traces name; of others the middle of these. */
const PARAMETER_MB: ReadonlyMap<string, number> = new Map([
  ['resnet50', 97.5],
  ['vgg16', 527.8],
  ['inception3', 90.9],
  ['bert', 420.0],
  ['gpt2', 474.7],
  ['deepspeech2', 145.0],
]);
const PARAMETER_MB_ELSE = 250;

/**
 * The workload of a trace: of each seed the jobs of a stretch of it, on the paper's testbed. From the trace are when jobs come, how much work they are (GPUs
 * times duration), how long they may take and their model; no trace has bids, so that what they are worth, where their data lies and what
 * workers need is drawn by chance of the seed.
 */
export const traceWorkload = (name: string, jobs: readonly TraceJob[]): Workload => ({
  name,
  seeds: Number.MAX_SAFE_INTEGER,
  make: (seed) => instanceOf(name, jobs, seed),
});

function instanceOf(name: string, jobs: readonly TraceJob[], seed: number): Instance {
  const prng = createPrng(seed);
  const sites = Array.from({ length: SITES }, (_, index): InstanceSite => ({ id: `site-${index + 1}`, capacity: CAPACITY }));
  return {
    format: 'eris-instance/1',
    name: `${name}-${seed}`,
    slots: SLOTS,
    slotMinutes: SLOT_MINUTES,
    chunkMB: 2,
    bandwidthMB: 20_480,
    resources: PAPER_RESOURCES,
    prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: 1, reserve: 0 },
    sites,
    jobs: stretch(prng, jobs).map(({ job, arrival }, index) => ({ id: `job-${index + 1}`, arrival, ...biddingFor(prng, job) })),
  };
}

/** The jobs that came within so many slots of one that chance picks, among those after which at least a few come. */
function stretch(prng: Prng, jobs: readonly TraceJob[]): { readonly job: TraceJob; readonly arrival: number }[] {
  const first = prng.below(jobs.length - JOBS_MIN + 1);
  const { submittedSeconds: since } = at(jobs, first);
  const slotOf = ({ submittedSeconds }: TraceJob): number => Math.floor((submittedSeconds - since) / SLOT_SECONDS);
  const within = jobs.slice(first, first + JOBS_MAX).filter((job) => slotOf(job) < ARRIVING_SLOTS);
  return within.map((job) => ({ job, arrival: slotOf(job) }));
}

function biddingFor(prng: Prng, job: TraceJob): Omit<InstanceJob, 'id' | 'arrival'> {
  const gpuSlots = Math.min(GPU_SLOTS_MAX, Math.max(1, (job.gpus * job.durationSeconds) / SLOT_SECONDS));
  const chunks = prng.between(CHUNKS.least, CHUNKS.most);
  return {
    ...(job.model !== undefined && { model: job.model }),
    valuation: valuationOf(job, gpuSlots * prng.between(WORTH.least, WORTH.most)),
    chunks: spread(prng, { chunks, siteCount: SITES }),
    epochs: Math.max(1, Math.round((gpuSlots * THROUGHPUT) / chunks)),
    throughput: THROUGHPUT,
    parameterMB: PARAMETER_MB.get(job.model ?? '') ?? PARAMETER_MB_ELSE,
    worker: { gpu: 1, cpu: prng.between(1, 3), memoryGB: prng.between(2, 6) },
    ps: { gpu: 0, cpu: prng.between(1, 3), memoryGB: prng.between(2, 6) },
  };
}

/** All of it up to the deadline, half of it up to twice as late, and nothing then. Without a deadline it is due when it was done in the trace. */
function valuationOf({ submittedSeconds, durationSeconds, deadlineSeconds }: TraceJob, value: number): Valuation {
  const seconds = Math.max(SLOT_SECONDS, (deadlineSeconds ?? submittedSeconds + durationSeconds) - submittedSeconds);
  const inTime = Math.min(SLOTS, Math.ceil(seconds / SLOT_SECONDS));
  const worth = Math.round(value * 100) / 100;
  return { kind: 'table', values: [...new Array<number>(inTime).fill(worth), ...new Array<number>(inTime).fill(worth / 2)] };
}
