import type { TrainingJob } from '#kinds';
import { type Book, createBook, type MarketSize, type MarketSpec, occupy, paperRule } from '#mechanism';
import { at, micros, type Milli } from '#units';
import { createPrng, type Prng } from './prng.js';

/** How much of a market is sold: alike in every slot, differing from cell to cell, or less and less towards the window's end. */
export const FILLS = ['empty', 'half', 'full', 'differing', 'falling'] as const;
/** How full a book is. */
export type Fill = (typeof FILLS)[number];

/** A job's size and temper. */
export interface JobSize {
  readonly chunks: number;
  readonly epochs: number;
  /** Chunks dealt over all sites at random, or all at one. */
  readonly homes: 'spread' | 'concentrated';
  /** What a worker exchanges with a server elsewhere: more than chunks weigh, or next to nothing. */
  readonly parameters: 'heavy' | 'light';
}

const CHUNK_KB = 2000;
const BANDWIDTH_KB = 2_000_000;
const milli = (value: number): Milli => value as Milli;
const real = (random: Prng): number => random.below(1_000_000) / 1_000_000;

/** A market of a size with some of it sold; the same for the same seed. */
export function sizedBook({ sites, slots, resources }: MarketSize, fill: Fill, seed: number): Book {
  const random = createPrng(seed);
  const names = Array.from({ length: resources }, (_, k) => `resource-${k}`);
  const spec: MarketSpec = {
    resources: names,
    sites: Array.from({ length: sites }, (_, site) => ({
      id: `site-${site}`,
      capacityMilli: Array.from({ length: resources }, () => milli(1000 * random.between(4, 23))),
    })),
    slotCount: slots,
    chunkKB: milli(CHUNK_KB),
    bandwidthKB: milli(BANDWIDTH_KB),
    prices: paperRule(names, 1000, { unit: micros(1_000_000n), reserve: micros(0n) }),
  };
  const book = createBook(spec, 0);
  if (fill === 'empty') return book;
  for (let slot = 0; slot < slots; slot++) occupy(book, slot, soldOf(book, shareOf(fill, slot / slots, random), random));
  return book;
}

/** The share of a slot that is sold at most; of each cell a little less. */
function shareOf(fill: Fill, time: number, random: Prng): number {
  if (fill === 'half') return 0.5;
  if (fill === 'full') return 0.97;
  return fill === 'falling' ? 0.95 * (1 - time) : real(random);
}

const soldOf = ({ capacity }: Book, share: number, random: Prng): number[] =>
  Array.from(capacity, (all) => Math.floor(all * share * (0.9 + 0.1 * real(random))));

/** A job of a size for that many sites and resources. */
export function sizedJob({ chunks, epochs, homes, parameters }: JobSize, { sites, resources }: MarketSize, seed: number): TrainingJob {
  const random = createPrng(seed);
  const perSite = new Array<number>(sites).fill(0);
  if (homes === 'concentrated') perSite[random.between(0, sites - 1)] = chunks;
  else
    for (let chunk = 0; chunk < chunks; chunk++) {
      const site = random.between(0, sites - 1);
      perSite[site] = at(perSite, site) + 1;
    }
  return {
    chunks: perSite,
    epochs,
    throughputMilli: milli(20_000),
    parameterKB: milli(parameters === 'heavy' ? 90_000 : 100),
    workerMilli: new Array<Milli>(resources).fill(milli(1000)),
    psMilli: new Array<Milli>(resources).fill(milli(1000)),
  };
}
