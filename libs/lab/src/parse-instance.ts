import { ruleFaults } from '#mechanism';
import { INSTANCE_LIMITS, type Amounts, type Fault, type Instance, type InstanceJob } from './instance.js';
import { instanceSchema } from './instance-schema.js';
import { FaultList, faultsOf, readJson, type PathStep } from './json-fault.js';

/** An instance, or what is wrong with the text. */
export type ParsedInstance =
  { readonly kind: 'instance'; readonly instance: Instance } | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

/**
 * Reads an eris-instance/1 file, given as text or as parsed JSON.
 * @returns the instance, or every fault with its JSON path (at most `INSTANCE_LIMITS.faults`). Unknown fields are ignored.
 */
export function parseInstance(source: unknown): ParsedInstance {
  const json = typeof source === 'string' ? readJson(source) : { value: source };
  if ('faults' in json) return { kind: 'faults', faults: json.faults };
  const shape = instanceSchema.safeParse(json.value);
  if (!shape.success) return { kind: 'faults', faults: faultsOf(shape.error) };
  const faults = meaningFaults(shape.data);
  return faults.length === 0 ? { kind: 'instance', instance: shape.data } : { kind: 'faults', faults };
}

/** What the shape can't say: names that must match, lengths that must agree, order, and what fits in what. */
function meaningFaults(instance: Instance): readonly Fault[] {
  const list = new FaultList();
  checkNames(instance, list);
  checkSites(instance, list);
  checkJobs(instance, list);
  if (instance.occupancy) checkOccupancy(instance, instance.occupancy, list);
  const cells = instance.slots * instance.sites.length * instance.resources.length;
  if (cells > INSTANCE_LIMITS.cells) list.add(['slots'], `sites x slots x resources is ${cells}, at most ${INSTANCE_LIMITS.cells}`);
  return list.faults;
}

function checkNames({ resources, prices }: Instance, list: FaultList): void {
  checkDistinct(resources, (index) => ['resources', index], list);
  if (resources.includes('bandwidth')) list.add(['resources', resources.indexOf('bandwidth')], '"bandwidth" is not a resource of a site');
  const isFlat = prices.kind === 'flat';
  for (const { name, fault } of ruleFaults(
    isFlat ? { kind: 'flat', levels: prices.levels ?? {} } : { ...prices, kind: 'paper' },
    resources,
  )) {
    if (fault === 'missing') list.add(['prices', 'gamma', name], 'missing gamma');
    else if (isFlat) list.add(['prices', 'levels', name], `unknown resource; the market has bandwidth, ${resources.join(', ')}`);
  }
}

function checkSites({ sites, resources }: Instance, list: FaultList): void {
  const ids = sites.map((site) => site.id);
  checkDistinct(ids, (index) => ['sites', index, 'id'], list);
  sites.forEach((site, index) => checkAmounts(site.capacity, { resources, path: ['sites', index, 'capacity'] }, list));
}

function checkJobs(instance: Instance, list: FaultList): void {
  const ids = instance.jobs.map((job) => job.id);
  checkDistinct(ids, (index) => ['jobs', index, 'id'], list);
  instance.jobs.forEach((job, index) => {
    const previous = instance.jobs[index - 1];
    if (previous && job.arrival < previous.arrival)
      list.add(['jobs', index, 'arrival'], `falls from ${previous.arrival} to ${job.arrival}`);
    checkJob(instance, { job, path: ['jobs', index] }, list);
  });
}

function checkJob(
  { slots, sites, resources }: Instance,
  { job, path }: { job: InstanceJob; path: readonly PathStep[] },
  list: FaultList,
): void {
  if (job.arrival >= slots) list.add([...path, 'arrival'], `is ${job.arrival}, but the last slot is ${slots - 1}`);
  if (job.chunks.length !== sites.length) list.add([...path, 'chunks'], `has ${job.chunks.length} entries for ${sites.length} sites`);
  for (const part of ['worker', 'ps'] as const) {
    checkAmounts(job[part], { resources, path: [...path, part] }, list);
    for (const name of Object.keys(job[part])) {
      if (!resources.includes(name)) list.add([...path, part, name], `unknown resource; the market has ${resources.join(', ')}`);
    }
  }
  if (job.valuation.kind === 'table') checkTable(job.valuation.values, [...path, 'valuation', 'values'], list);
}

function checkTable(values: readonly number[], path: readonly PathStep[], list: FaultList): void {
  values.forEach((value, d) => {
    const before = values[d - 1] ?? value;
    if (value > before) list.add([...path, d], `rises from ${before} to ${value}; a later completion is never worth more`);
  });
}

type Occupancy = NonNullable<Instance['occupancy']>;

function checkOccupancy(instance: Instance, occupancy: Occupancy, list: FaultList): void {
  const { slots, bandwidthMB } = instance;
  for (const part of ['bandwidthMB', 'sites'] as const) {
    const length = occupancy[part].length;
    if (length !== slots) list.add(['occupancy', part], `has ${length} entries for ${slots} slots`);
  }
  occupancy.bandwidthMB.forEach((used, slot) => {
    if (used > bandwidthMB) list.add(['occupancy', 'bandwidthMB', slot], `is ${used}, over the capacity of ${bandwidthMB}`);
  });
  occupancy.sites.forEach((sites, slot) => checkOccupiedSlot(instance, { sites, slot }, list));
}

function checkOccupiedSlot(instance: Instance, { sites, slot }: { sites: readonly Amounts[]; slot: number }, list: FaultList): void {
  const path = ['occupancy', 'sites', slot] as const;
  if (sites.length !== instance.sites.length) list.add(path, `has ${sites.length} entries for ${instance.sites.length} sites`);
  instance.sites.forEach(({ capacity }, site) => {
    const used = sites[site];
    if (!used) return;
    checkAmounts(used, { resources: instance.resources, path: [...path, site] }, list);
    for (const name of instance.resources) {
      const [amount = 0, limit = 0] = [used[name], capacity[name]];
      if (amount > limit) list.add([...path, site, name], `is ${amount}, over the capacity of ${limit}`);
    }
  });
}

function checkAmounts(
  amounts: Amounts,
  { resources, path }: { resources: readonly string[]; path: readonly PathStep[] },
  list: FaultList,
): void {
  for (const name of resources) {
    if (!Object.hasOwn(amounts, name)) list.add([...path, name], 'missing amount');
  }
}

function checkDistinct(names: readonly string[], pathOf: (index: number) => readonly PathStep[], list: FaultList): void {
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else list.add(pathOf(index), `"${name}" is used before, at index ${first}`);
  });
}
