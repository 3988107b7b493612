import { count, id, quantities, slot } from '#contracts';
import { type BidBody, createKinds, type JobKind, type Kinds, type PlanClaim, trainingKind, type Violation } from '#kinds';
import { type Book, firstCellOf, type Footprint, pricesOf, type Search, usageOf } from '#mechanism';
import { demandMilli } from '#units';
import { z } from 'zod';

/** A reserved block: a constant demand at one site, slot after slot, that begins within some slots of its arrival. */
interface BlockJob {
  readonly site: number;
  readonly slots: number;
  readonly startWithin: number;
  /** By resource, in the market's order. */
  readonly demandMilli: readonly number[];
}
interface BlockPlan {
  readonly site: number;
  readonly from: number;
  readonly to: number;
}
type BlockBody = BidBody & { site: string; slots: number; startWithin: number; demand: Readonly<Record<string, number>> };

const slotsOf = ({ from, to }: BlockPlan): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function footprintOf(resourceCount: number, { demandMilli: demand }: BlockJob, plan: BlockPlan): Footprint {
  const taken = demand.flatMap((milli, k) => (milli > 0 ? [{ cell: firstCellOf(plan.site, resourceCount) + k, milli }] : []));
  const [cells, quantitiesMilli] = [taken.map(({ cell }) => cell), taken.map(({ milli }) => milli)];
  return slotsOf(plan).map((at) => ({ slot: at, cells, quantitiesMilli }));
}

/** What one slot costs, micro-credits as a double; Infinity where there is no room. */
function costOf(book: Book, { site, demandMilli: demand }: BlockJob, at: number): number {
  const [prices, used, first] = [pricesOf(book, at), usageOf(book, at), firstCellOf(site, book.resourceCount)];
  const hasRoom = demand.every((milli, k) => milli <= book.spec.sites[site].capacityMilli[k] - used[first + k]);
  return hasRoom ? demand.reduce((sum, milli, k) => sum + (milli * Number(prices[first + k])) / 1000, 0) : Infinity;
}

function search(book: Book, job: BlockJob, arrival: number): Search<BlockPlan> {
  const costs: number[] = [];
  let least = Infinity;
  const endingNow = (): number => {
    const start = costs.length - job.slots;
    return start < 0 || start > job.startWithin ? Infinity : costs.slice(start).reduce((sum, cost) => sum + cost, 0);
  };
  return {
    advance() {
      costs.push(costOf(book, job, arrival + costs.length));
      return (least = Math.min(least, endingNow()));
    },
    floor: () => least,
    bound: () => least,
    plan() {
      const to = arrival + costs.length - 1;
      return endingNow() === Infinity ? undefined : { site: job.site, from: to - job.slots + 1, to };
    },
  };
}

function validate({
  spec,
  usage,
  job,
  arrival,
  plan,
  completion,
  horizonEnd = arrival + spec.slotCount,
}: PlanClaim<BlockJob, BlockPlan>): Violation[] {
  const found: Violation[] = [];
  const expect = (holds: boolean, rule: string, detail: string, at?: number): void => {
    if (!holds) found.push({ rule, detail, ...(at === undefined ? {} : { slot: at }) });
  };
  expect(plan.site === job.site && plan.to - plan.from + 1 === job.slots, 'B1', 'the block is not the one that was asked for');
  expect(
    plan.from >= arrival && plan.from <= arrival + job.startWithin && plan.to < horizonEnd,
    'B2',
    'the block begins too early or too late',
  );
  expect(plan.to === completion, 'B3', `completion is claimed in slot ${completion}`);
  for (const at of slotsOf(plan).slice(0, job.slots))
    job.demandMilli.forEach((milli, k) => {
      const free = spec.sites[job.site].capacityMilli[k] - (usage(at)[firstCellOf(job.site, spec.resources.length) + k] ?? 0);
      expect(milli <= free, 'B4', `${milli} of ${spec.resources[k]} where ${free} are left`, at);
    });
  return found;
}

const stored = z.strictObject({ site: z.number().int().min(0), from: z.number().int().min(0), to: z.number().int().min(0) });

/** A kind of job that no room knows of: what the tests add to a list to show that a kind is its own folder and a line. */
export const blockKind: JobKind<BlockJob, BlockPlan> = {
  name: 'block',
  wire: {
    name: 'block',
    body: { site: id, slots: count(1, 1_000), startWithin: count(0, 1_000), demand: quantities },
    allocation: { block: z.strictObject({ siteId: id, from: slot, to: slot }) },
    tell: ({ site, from, to }, siteIdOf) => ({ block: { siteId: siteIdOf(site), from, to } }),
  },
  parse(body, { sites, resources }) {
    const { site: siteId, slots, startWithin, demand } = body as BlockBody;
    const site = sites.find((one) => one.id === siteId);
    const unknown = Object.keys(demand).filter((name) => !resources.includes(name));
    const faults = unknown.map((name) => ({ path: `$.demand.${name}`, message: `is not one of ${resources.join(', ')}` }));
    if (!site) faults.push({ path: '$.site', message: 'is not a site of this market' });
    if (!site || faults.length > 0) return { kind: 'faults', faults };
    return {
      kind: 'job',
      job: { site: site.ordinal, slots, startWithin, demandMilli: resources.map((name) => demandMilli(demand[name] ?? 0)) },
    };
  },
  oracle: {
    name: 'block',
    emptiness: (_, { demandMilli: demand }) => (demand.some((milli) => milli > 0) ? undefined : 'the block asks for nothing'),
    open: search,
    footprintOf: ({ resources }, job, plan) => footprintOf(resources.length, job, plan),
    whyNone: ({ slots }) => `no ${slots} slots in a row have room for the block`,
  },
  decisionSteps: ({ slotCount }) => 100 * slotCount,
  menuSteps: ({ slotCount }) => 100 * slotCount,
  validate,
  plan: {
    write: (plan) => ({ ...plan }),
    read: (json) => stored.safeParse(json).data,
  },
  example: { site: '2', slots: 2, startWithin: 3, demand: { gpu: 1, cpu: 2 } },
};

/** Training, as ever, and blocks. */
export const standardKinds = (): Kinds => createKinds([trainingKind(), blockKind]);
