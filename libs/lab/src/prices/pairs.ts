import type { TrainingOracle } from '#kinds';
import { at } from '#units';
import type { Instance } from '../instance.js';
import { LevelLearner } from './level-learner.js';
import { flatAt, type Played, playLearning, playRule, pricedInstance, type PricedInstance } from './play.js';
import { mean } from './statistics.js';
import type { Workload } from './workloads.js';

/** An instance to play, and the one before it, from which a warm market has learnt. */
export interface Pair {
  readonly seed: number;
  readonly instance: Instance;
  readonly played: PricedInstance;
  readonly instanceBefore: Instance;
  readonly before: PricedInstance;
}

const SEEDS_APART = 1_000_000;

/** The pairs of a workload, for so many seeds from the first one on. */
export const pairsOf = (workload: Workload, { first, count }: { first: number; count: number }, oracle: TrainingOracle): Pair[] =>
  Array.from({ length: count }, (_, index) => {
    const seed = first + index;
    const [instance, instanceBefore] = [workload.make(seed), workload.make(seed + SEEDS_APART)];
    return {
      seed,
      instance,
      played: pricedInstance(instance, oracle, seed),
      instanceBefore,
      before: pricedInstance(instanceBefore, oracle, seed + SEEDS_APART),
    };
  });

/** The pair with each of its instances changed; the second argument is a seed of the instance's own. */
export const mapPair = (
  { seed, instance, played, instanceBefore, before }: Pair,
  change: (priced: PricedInstance, instance: Instance, seed: number) => PricedInstance,
): Pick<Pair, 'played' | 'before'> => ({
  played: change(played, instance, seed),
  before: change(before, instanceBefore, seed + SEEDS_APART),
});

/** What is learnt on an instance: warm after the one before, cold without it. */
export function playLearnt(
  instance: PricedInstance,
  oracle: TrainingOracle,
  before?: PricedInstance,
): Played & { readonly levels: readonly bigint[] } {
  const learner = new LevelLearner(instance.slots);
  if (before) {
    playLearning(before, learner, oracle);
    learner.goOn();
  }
  return { ...playLearning(instance, learner, oracle), levels: learner.levels };
}

/** A flat level, credits, and what each instance is worth at it. */
export interface FlatLevel {
  readonly level: number;
  readonly welfare: readonly number[];
}

const STEPS_PER_DOUBLING = 3;
const COARSE_STEPS = 25;
const FINE_STEPS = [-2, -1, 1, 2].map((ninth) => 2 ** (ninth / 9));

/** The level that would have been best for all of these together. */
export function bestFlat(instances: readonly PricedInstance[], oracle: TrainingOracle): FlatLevel {
  const densities = instances.flatMap(({ bids }) => bids.flatMap(({ density }) => (density ? [density.levelMicros / 1e6] : [])));
  const middle =
    densities.length === 0
      ? 1
      : at(
          densities.sort((a, b) => a - b),
          densities.length >> 1,
        );
  const tried = (level: number): FlatLevel => ({
    level,
    welfare: instances.map((instance) => playRule(instance, flatAt(level), oracle).welfare),
  });
  const better = (one: FlatLevel, other: FlatLevel): FlatLevel => (mean(other.welfare) > mean(one.welfare) ? other : one);
  const coarse = Array.from({ length: COARSE_STEPS }, (_, step) => tried(middle * 2 ** ((step - 13) / STEPS_PER_DOUBLING)));
  const best = coarse.reduce(better, tried(0));
  return FINE_STEPS.map((factor) => tried(best.level * factor)).reduce(better, best);
}
