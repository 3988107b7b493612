import type { Book } from '../book.js';
import type { Job } from '../types.js';

/** The sizes that the work of a search depends on: nothing of prices, usage or a valuation. */
export interface Sizes {
  readonly siteCount: number;
  readonly resourceCount: number;
  readonly slotCount: number;
  /** Chunks of the job, and the most of them that one site holds. */
  readonly total: number;
  /** Chunks per home, only homes that have any, ascending. */
  readonly homes: readonly number[];
}

type Dimensions = Pick<Book, 'siteCount' | 'resourceCount' | 'slotCount'>;

export function sizesOf({ siteCount, resourceCount, slotCount }: Dimensions, { chunks }: Job): Sizes {
  const homes = chunks.filter((count) => count > 0).sort((a, b) => a - b);
  return { siteCount, resourceCount, slotCount, total: homes.reduce((sum, count) => sum + count, 0), homes };
}

/** Steps that one method may take for a whole window. A step is one turn of an inner loop, a few nanoseconds at most. */
export const METHOD_STEPS_MAX = 60_000_000;
/** Walks of the menu that one decision may take: a refusal is looked at twice. */
const WALKS_MAX = 2;
/** Steps of pricing a site that do not depend on its chunks. */
const SITE_STEPS = 60;
/** Most ways that a state of the core keeps. */
const WAYS_MAX = 8;

/** Reading every slot of the window, and the plain floor of each. */
const readingSteps = ({ siteCount, resourceCount, slotCount }: Sizes): number => slotCount * (siteCount * (resourceCount + 8) + 8);

/** The core for a whole window: covers around every server, joined pair by pair. Infinity where homes are too many to count. */
function coverSteps({ siteCount, slotCount, total, homes }: Sizes): number {
  let covers = 1;
  let pairs = 1;
  let pricing = siteCount * (SITE_STEPS + (total + 1) * (total + 1));
  let done = 0;
  for (const own of homes) {
    pricing += covers * (total + 1) * (own + 1) * (total - done + 1) * WAYS_MAX;
    covers *= own + 1;
    pairs *= ((own + 1) * (own + 2)) / 2;
    done += own;
    if (pairs > METHOD_STEPS_MAX) return Infinity;
  }
  return slotCount * (siteCount * pricing + pairs);
}

/** Counts spread over slots, and a plan for every completion. */
function spreadSteps({ siteCount, slotCount, total }: Sizes): number {
  const sorting = siteCount * Math.ceil(Math.log2(siteCount + 1));
  const blocks = Math.min(total, 256);
  const opening = sorting + 16 * (total + siteCount) + (blocks * blocks) / 2;
  const rows = Math.min(slotCount, total);
  return slotCount * (2 * opening + 3 * rows * (sorting + 4 * siteCount) + 3 * total);
}

const searchSteps = (sizes: Sizes): number =>
  readingSteps(sizes) + Math.min(METHOD_STEPS_MAX, Math.min(coverSteps(sizes), spreadSteps(sizes)));

/**
 * An upper bound of the steps that a decision takes, from the sizes of the book and of the job alone: the same for every valuation, and no
 * less than what the oracle counts. For choosing where to think: a thousand steps take about a microsecond. Costs no more than reading the
 * job's chunks.
 */
export const decisionSteps = (book: Dimensions, job: Job): number => WALKS_MAX * searchSteps(sizesOf(book, job));

/** As decisionSteps, for a quote: a decision and the whole menu. */
export const menuSteps = (book: Dimensions, job: Job): number => (WALKS_MAX + 1) * searchSteps(sizesOf(book, job));
