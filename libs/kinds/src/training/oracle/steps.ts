import { unpricedSlots, type Book, PRICE_STEPS_MAX } from '#mechanism';
import type { TrainingJob } from '../job.js';
import { hullSteps } from './kernel/hull.js';
import { RELIEF_STEPS_MAX } from './kernel/plan.js';
import { slotSteps } from './kernel/problem.js';
import { pricedSteps } from './priced-steps.js';
import { sharpFloorSteps } from './kernel/sharp-floor.js';
import { singleSteps } from './kernel/single.js';
import { spreadSteps } from './kernel/spread.js';

/**
 * What a search may do, in steps: turns of inner loops, a few nanoseconds each. Steps are counted, never the clock, so that an answer is the
 * same on every machine and for every valuation.
 */
export interface Budgets {
  /** By estimate: the exact core in all slots of a window; the coarse one in all slots times all completions. */
  readonly exact: number;
  readonly coarse: number;
  /** By estimate: the core in one slot. */
  readonly slot: number;
  /** As counted: the core in a whole search. Where it is used up, the next method goes on from that slot. */
  readonly core: number;
  /** By bound: counts spread over slots, with a plan for every completion. */
  readonly spread: number;
  /** By bound: the plain floor telling all places apart; the sharp one. */
  readonly floor: number;
  readonly sharp: number;
  /** As counted: shifting homes between slots in one dealing. */
  readonly relief: number;
  /** Whether homes of large jobs are priced. */
  readonly prices: boolean;
}

/** What a search of the default oracle may do, as of `default/3`. */
export const BUDGETS: Budgets = {
  exact: 200_000_000,
  coarse: 50_000_000,
  slot: 20_000_000,
  core: 30_000_000,
  spread: 150_000_000,
  floor: 30_000_000,
  sharp: 30_000_000,
  relief: RELIEF_STEPS_MAX,
  prices: false,
};

/** As BUDGETS, and large jobs by prices of homes. */
const PRICED_BUDGETS: Budgets = { ...BUDGETS, prices: true };

/** What the core may do, by estimate and as counted, where homes are priced beyond it: that is mostly the optimum too, and sooner. */
const CORE_BEFORE_PRICED: Pick<Budgets, 'exact' | 'slot' | 'core'> = { exact: 8_000_000, slot: 2_000_000, core: 1_500_000 };

/** What the core may do in a search of this scope. */
export const coreBudgets = ({ method }: Scope, budgets: Budgets): Pick<Budgets, 'exact' | 'slot' | 'core'> =>
  method === 'priced' ? CORE_BEFORE_PRICED : budgets;

/** The version that new markets get. */
export const ORACLE_VERSION = 'default/4';

/** What a version of the default oracle may do in a search. */
export const budgetsOf = (version = ORACLE_VERSION): Budgets => (version === 'default/4' ? PRICED_BUDGETS : BUDGETS);

/** As of `eris-default/2`: the core by estimate alone, the spread for all the rest, however long it takes. */
export const UNBOUNDED: Budgets = {
  ...BUDGETS,
  slot: Infinity,
  core: Infinity,
  spread: Infinity,
  floor: Infinity,
  sharp: Infinity,
  relief: Infinity,
};

/** The sizes that the work of a search depends on: nothing of prices, usage or a valuation. */
export interface Sizes {
  readonly siteCount: number;
  readonly resourceCount: number;
  readonly slotCount: number;
  readonly total: number;
}

type Dimensions = Pick<Book, 'siteCount' | 'resourceCount' | 'slotCount' | 'spec'>;
/** What is looked at of a job. */
type Sized = Pick<TrainingJob, 'chunks'>;

/** What a search does beside or instead of the core, by sizes alone. */
export interface Scope {
  /** Places that the plain floor tells apart. */
  readonly floorPlaces: number;
  readonly hasSharpFloor: boolean;
  /** Whether the core is worth beginning. */
  readonly hasCore: boolean;
  readonly method: 'single' | 'priced' | 'spread' | 'hull';
}

const FLOOR_PLACES = 32;

/** Steps of the plain floor: each place may go before all that are kept. */
const floorSteps = ({ siteCount, slotCount, total }: Sizes, places: number): number =>
  slotCount * Math.min(total, places) * (siteCount / 2 + 1);

/** The largest markets and jobs whose homes are priced. */
const PRICED_SITES_MAX = 16;
const PRICED_CHUNKS_MAX = 256;

function methodOf({ siteCount, slotCount, total }: Sizes, budgets: Budgets): Scope['method'] {
  if (spreadSteps(siteCount, slotCount, total) > budgets.spread) return 'hull';
  return budgets.prices && siteCount <= PRICED_SITES_MAX && total <= PRICED_CHUNKS_MAX ? 'priced' : 'spread';
}

/** A larger job or book never gets a finer method than a smaller one. */
export function scopeOf(sizes: Sizes, budgets: Budgets): Scope {
  const { siteCount, slotCount, total } = sizes;
  const isSingle = total === 1 && budgets.core < Infinity;
  return {
    floorPlaces: floorSteps(sizes, Infinity) <= budgets.floor ? Infinity : FLOOR_PLACES,
    hasSharpFloor: sharpFloorSteps(siteCount, slotCount, total) <= budgets.sharp,
    hasCore: !isSingle || coreSteps(sizes, 2) <= budgets.core,
    method: isSingle ? 'single' : methodOf(sizes, budgets),
  };
}

/** Walks of the menu that one decision may take: a refusal is looked at twice. */
const WALKS_MAX = 2;

/** The core may go beyond its steps by what it does between two looks at them, and so may pricing homes. */
const CORE_BEYOND = 1.5;
const PRICED_BEYOND = 1.5;

/** Steps of a site, and of a way of a cover, in pricing covers. */
const SITE_STEPS = 60;
const WAY_STEPS = 64;

/** Steps of the exact core in a whole window, every state with as many ways as are kept. */
const coreSteps = ({ siteCount, slotCount, total }: Sizes, covers: number): number =>
  slotCount * siteCount * siteCount * (SITE_STEPS + covers * (total + 1) * (total + 1) * WAY_STEPS);

/** Covers of a job's homes. */
const coversOf = ({ chunks }: Sized): number => chunks.reduce((covers, own) => covers * (own + 1), 1);

function searchSteps(book: Dimensions, job: Sized): number {
  const { siteCount, resourceCount, slotCount } = book;
  const sizes = { siteCount, resourceCount, slotCount, total: job.chunks.reduce((sum, count) => sum + count, 0) };
  const budgets = budgetsOf(book.spec.oracle);
  const scope = scopeOf(sizes, budgets);
  const { floorPlaces, hasSharpFloor, hasCore, method } = scope;
  const { total } = sizes;
  const beyond = {
    single: slotCount * singleSteps(siteCount),
    spread: spreadSteps(siteCount, slotCount, total),
    priced: 2 * spreadSteps(siteCount, slotCount, total) + PRICED_BEYOND * pricedSteps(slotCount),
    hull: hullSteps(siteCount, slotCount, total),
  };
  return (
    slotCount * slotSteps(book) +
    floorSteps(sizes, floorPlaces) +
    (hasSharpFloor ? sharpFloorSteps(siteCount, slotCount, total) : 0) +
    (hasCore ? Math.min(CORE_BEYOND * coreBudgets(scope, budgets).core, coreSteps(sizes, coversOf(job))) : 0) +
    beyond[method]
  );
}

/** What a book has in hand of pricing: slots that a search may be the first to look at. */
type Priced = Pick<Book, 'stride' | 'priced'>;

/** Steps of pricing all slots that are not priced yet, every cell the dear way. Done once, by whoever looks at a slot first. */
export const pricingSteps = (book: Priced): number => unpricedSlots(book) * book.stride * PRICE_STEPS_MAX;

/**
 * An upper bound of the steps that a decision takes, from the sizes of the book and of the job and from what is priced alone: the same for every
 * valuation, and no less than what the oracle counts. For choosing where to think: a thousand steps take one or two microseconds.
 */
export const decisionSteps = (book: Dimensions & Priced, job: Sized): number => WALKS_MAX * searchSteps(book, job) + pricingSteps(book);

/** As decisionSteps, for a quote: a decision and the whole menu. */
export const menuSteps = (book: Dimensions & Priced, job: Sized): number => (WALKS_MAX + 1) * searchSteps(book, job) + pricingSteps(book);

/** Steps that the search of a decision or of a menu takes at most in a market within the limits of size, as counted. */
export const SEARCH_STEPS_MAX = 100_000_000;
