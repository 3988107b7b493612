import type { TrainingOracle } from '#kinds';
import { gamed, type Gaming, GAMINGS, honestOf } from './gaming.js';
import { FAKES, griefed, type Griefing } from './griefing.js';
import { bestFlat, type FlatLevel, mapPair, type Pair, pairsOf, playLearnt } from './pairs.js';
import { flatAt, playRule } from './play.js';
import { mean, type Share, shareOf } from './statistics.js';
import type { Workload } from './workloads.js';

/** The rules of prices on one workload: welfare in credits, means over seeds. */
export interface ComparedPrices {
  readonly workload: string;
  readonly seeds: number;
  /** By the paper's constants. */
  readonly paper: number;
  /** At the best flat level in hindsight, one for all seeds, credits. */
  readonly flat: number;
  readonly level: number;
  /** Of the best flat level: the learnt one from nothing on, and after one instance more. */
  readonly cold: Share;
  readonly warm: Share;
  readonly coldOverPaper: number;
  readonly warmOverPaper: number;
}

/** Seeds to play: so many from the first one on. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/** Plays a workload by the paper's constants, at the best flat level and at the learnt one. */
export function comparePrices(workload: Workload, { first, count }: Seeds, oracle: TrainingOracle): ComparedPrices {
  const pairs = pairsOf(workload, { first, count: Math.min(count, workload.seeds) }, oracle);
  const paper = mean(pairs.map(({ played }) => playRule(played, played.spec.prices, oracle).welfare));
  const { level, welfare } = bestFlatOf(pairs, oracle);
  const cold = pairs.map(({ played }) => playLearnt(played, oracle).welfare);
  const warm = pairs.map(({ played, before }) => playLearnt(played, oracle, before).welfare);
  return {
    workload: workload.name,
    seeds: pairs.length,
    paper,
    flat: mean(welfare),
    level,
    cold: shareOf(cold, welfare),
    warm: shareOf(warm, welfare),
    coldOverPaper: mean(cold) / paper,
    warmOverPaper: mean(warm) / paper,
  };
}

const bestFlatOf = (pairs: readonly Pair[], oracle: TrainingOracle): FlatLevel =>
  bestFlat(
    pairs.map(({ played }) => played),
    oracle,
  );

/** What fakes cost real bidders. */
export interface GriefingCost extends Griefing {
  readonly workload: string;
  /** What they keep of their welfare at the learnt level, warm, and at the best flat one. */
  readonly learnt: Share;
  readonly flat: Share;
  /** Points of welfare by which it is less at the learnt level. */
  readonly points: number;
}

/** Griefs a workload in each of these ways. */
export function griefingCosts(workload: Workload, seeds: Seeds, hows: readonly Griefing[], oracle: TrainingOracle): GriefingCost[] {
  const pairs = pairsOf(workload, seeds, oracle);
  const { level, welfare } = bestFlatOf(pairs, oracle);
  const honest = pairs.map(({ played, before }) => playLearnt(played, oracle, before).welfare);
  return hows.map((how) => {
    const fakes = pairs.map((pair) => mapPair(pair, (priced, instance, seed) => griefed(priced, { instance, oracle, seed }, how)));
    const kept = fakes.map(({ played, before }) => playLearnt(played, oracle, before).welfare);
    const keptFlat = fakes.map(({ played }) => playRule(played, flatAt(level), oracle).welfare);
    const [learnt, flat] = [shareOf(kept, honest), shareOf(keptFlat, welfare)];
    return { ...how, workload: workload.name, learnt, flat, points: 100 * (flat.share - learnt.share) };
  });
}

/** Every kind of fakes, as so many percent of all bids, by one organisation and by three that are in it together. */
export const ALL_GRIEFINGS: readonly Griefing[] = FAKES.flatMap((kind) =>
  [5, 10, 30].flatMap((percent) => [1, 3].map((organisations) => ({ kind, percent, organisations }))),
);

/** What bidders gain who try something. */
export interface GamingGain extends Gaming {
  readonly workload: string;
  readonly name: string;
  /** What they gain by what they would gain if they were one organisation that tells the truth; less than 1 is a loss. */
  readonly gain: Share;
  /** The same at the best flat level, which nothing that they say moves: who buys less leaves room for its own later bids. */
  readonly flatGain: Share;
}

/** Pairs that the best flat level is looked for on: enough to name it. */
const LEVEL_PAIRS = 8;

/** Plays every way to game a workload, warm. */
export function gamingGains(workload: Workload, seeds: Seeds, oracle: TrainingOracle, gamings = GAMINGS): GamingGain[] {
  const pairs = pairsOf(workload, seeds, oracle);
  const flat = flatAt(bestFlatOf(pairs.slice(0, LEVEL_PAIRS), oracle).level);
  const gained = (gaming: Gaming): { readonly learnt: number[]; readonly flat: number[] } => {
    const gamedPairs = pairs.map((pair) => mapPair(pair, (priced, _, seed) => gamed(priced, { oracle, seed }, gaming)));
    return {
      learnt: gamedPairs.map(({ played, before }) => playLearnt(played, oracle, before).gained),
      flat: gamedPairs.map(({ played }) => playRule(played, flat, oracle).gained),
    };
  };
  const honest = new Map([...new Set(gamings.map(({ percent }) => percent))].map((percent) => [percent, gained(honestOf({ percent }))]));
  return gamings.map((gaming) => {
    const [tried, truth] = [gained(gaming), honest.get(gaming.percent)];
    return {
      ...gaming,
      workload: workload.name,
      gain: shareOf(tried.learnt, truth?.learnt ?? []),
      flatGain: shareOf(tried.flat, truth?.flat ?? []),
    };
  });
}
