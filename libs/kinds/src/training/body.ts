import { at, demandMilli, invariant, supplyMilli, type Milli } from '#units';
import type { BidBody, BidContext, BodyFault, JobReading } from '../kind.js';
import type { TrainingJob } from './job.js';

/** A bid for a training job as the bidder writes it: chunks keyed by site id, volumes in units. */
export interface TrainingBody extends BidBody {
  readonly chunks: Readonly<Record<string, number>>;
  readonly epochs: number;
  readonly throughput: number;
  readonly parameterMB: number;
  readonly worker: Readonly<Record<string, number>>;
  readonly ps: Readonly<Record<string, number>>;
}

/** The most units of a volume or of a rate that a body may name. */
export const UNITS_MAX = 1_000_000_000;
/** The most chunks of a site and the most epochs: their product, in thousandths, stays a safe integer. */
export const COUNT_MAX = 1_000_000;
invariant(COUNT_MAX * COUNT_MAX * 1000 <= Number.MAX_SAFE_INTEGER, 'work is counted exactly');
invariant(UNITS_MAX * 1000 <= Number.MAX_SAFE_INTEGER, 'volumes are counted exactly');
/**
 * Reads a body in the market's own order of sites and resources. Demand is rounded up to a milli-unit, the rate of work down;
 * a resource or a site that is not named counts as 0.
 * @returns the job, or what is wrong with the body (unknown site, unknown resource, a number out of its range).
 */
export function parseJob(body: TrainingBody, context: BidContext): JobReading<TrainingJob> {
  const faults: BodyFault[] = [];
  const job: TrainingJob = {
    chunks: chunksOf(body.chunks, context, faults),
    epochs: counted(body.epochs, '$.epochs', faults),
    throughputMilli: rate(body.throughput, faults),
    parameterKB: volume(body.parameterMB, ['$.parameterMB'], faults),
    workerMilli: volumesOf(body.worker, '$.worker', context, faults),
    psMilli: volumesOf(body.ps, '$.ps', context, faults),
  };
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'job', job };
}

/** For a context that many bodies are held against: tells whether parseJob reads a body there, without making the job. */
export function readabilityIn(context: BidContext): (body: TrainingBody) => boolean {
  const sites = new Set(context.sites.map(({ id }) => id));
  const resources = new Set(context.resources);
  return (body) =>
    areAll(body.chunks, sites, isCount) &&
    isCount(body.epochs) &&
    body.epochs > 0 &&
    isRate(body.throughput) &&
    isVolume(body.parameterMB) &&
    areAll(body.worker, resources, isVolume) &&
    areAll(body.ps, resources, isVolume);
}

/** Whether all fields have known names and numbers as they must be. */
function areAll(fields: Readonly<Record<string, number>>, names: ReadonlySet<string>, isGood: (value: number) => boolean): boolean {
  for (const name in fields) if (!names.has(name) || !isGood(at(fields, name))) return false;
  return true;
}

function chunksOf(chunks: TrainingBody['chunks'], context: BidContext, faults: BodyFault[]): number[] {
  const ordinals = ordinalsOf(context.sites);
  const perSite = new Array<number>(context.sites.length).fill(0);
  for (const id in chunks) {
    const count = at(chunks, id);
    const ordinal = ordinals.get(id);
    if (ordinal === undefined) faults.push({ path: `$.chunks.${id}`, message: 'is not a site of this market' });
    else if (!isCount(count)) faults.push({ path: `$.chunks.${id}`, message: `must be a whole number from 0 to ${COUNT_MAX}` });
    else perSite[ordinal] = count;
  }
  return perSite;
}

const ORDINALS = new WeakMap<BidContext['sites'], ReadonlyMap<string, number>>();

/** The ordinals of sites by their ids, made once for all bids that are held against the same sites. */
function ordinalsOf(sites: BidContext['sites']): ReadonlyMap<string, number> {
  const known = ORDINALS.get(sites);
  if (known) return known;
  const made = new Map(sites.map(({ id, ordinal }) => [id, ordinal]));
  ORDINALS.set(sites, made);
  return made;
}

function volumesOf(volumes: TrainingBody['worker'], path: string, context: BidContext, faults: BodyFault[]): Milli[] {
  for (const name of Object.keys(volumes)) {
    if (!context.resources.includes(name))
      faults.push({ path: `${path}.${name}`, message: `is not one of ${context.resources.join(', ')}` });
  }
  return context.resources.map((name) => volume(Object.hasOwn(volumes, name) ? at(volumes, name) : 0, [path, name], faults));
}

function counted(count: number, path: string, faults: BodyFault[]): number {
  if (!isCount(count) || count === 0) faults.push({ path, message: `must be a whole number from 1 to ${COUNT_MAX}` });
  return count;
}

function volume(units: number, path: readonly string[], faults: BodyFault[]): Milli {
  if (!isVolume(units)) faults.push({ path: path.join('.'), message: `must be a number from 0 to ${UNITS_MAX}` });
  return (demandMilli(units) + 0) as Milli; // zero has no sign
}

function rate(perSlot: number, faults: BodyFault[]): Milli {
  if (!isRate(perSlot)) faults.push({ path: '$.throughput', message: `must be a number from 0.001 to ${UNITS_MAX}` });
  return supplyMilli(perSlot);
}

const isVolume = (units: number): boolean => Number.isFinite(units) && units >= 0 && units <= UNITS_MAX;
const isRate = (perSlot: number): boolean => isVolume(perSlot) && supplyMilli(perSlot) >= 1;
const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0 && count <= COUNT_MAX;
