import type { TrainingJob, TrainingMenu, TrainingOracle } from '#kinds';
import { admit, type Book, menuOf, type Valuation, valueAt } from '#mechanism';
import { microsToCredits } from './convert.js';
import type { Prng } from './prng.js';

/** A completion with what is paid for it; undefined where nothing is bought. */
type Choice = { readonly completion: number; readonly payment: bigint } | undefined;

/** A valuation under which admission chose otherwise than the menu says. */
export interface ChoiceDifference {
  readonly valuation: Valuation;
  readonly found: Choice;
  readonly expected: Choice;
}

/** Valuations that leave out different entries: just above or below some price, steps, and all that falls in between. */
function valuationFor(prng: Prng, menu: TrainingMenu): Valuation {
  const price = menu.length > 0 ? microsToCredits(prng.pick(menu).price) : prng.between(1, 1000);
  const scale = prng.pick([0.5, 0.999999, 1.000001, 1.01, 1.5, 4]);
  if (prng.below(3) === 0) return { kind: 'deadline', value: price * scale, deadline: prng.between(0, 9) };
  if (prng.below(2) === 0) return { kind: 'linear', value: price * scale * 2, decay: (price * prng.between(0, 40)) / 100 };
  let value = price * scale * prng.between(1, 4);
  return { kind: 'table', values: Array.from({ length: 10 }, () => (value *= prng.pick([1, 1, 0.9, 0.5]))) };
}

/** What the rule chooses from the whole menu: the most utility, the earliest on a tie, above zero. */
function bestOf(menu: TrainingMenu, valuation: Valuation): Choice {
  let best: { completion: number; payment: bigint; utility: bigint } | undefined;
  for (const { completion, price } of menu) {
    const utility = valueAt(valuation, completion) - price;
    if (utility > (best?.utility ?? 0n)) best = { completion, payment: price, utility };
  }
  return best && { completion: best.completion, payment: best.payment };
}

/** What is compared: a job that may run from slot 0 on, and how many valuations. */
export interface Choosing {
  readonly book: Book;
  readonly job: TrainingJob;
  readonly oracle: TrainingOracle;
  readonly valuations: number;
}

/**
 * Compares admission under drawn valuations with the menu computed whole: the same entry at the same price, to the last micro-credit. What a valuation spares
 * must change nothing else. @returns the differences.
 */
export function choiceDifferences({ book, job, oracle, valuations }: Choosing, prng: Prng): readonly ChoiceDifference[] {
  const menu = menuOf({ book, job, arrival: 0, oracle });
  return Array.from({ length: valuations }, () => valuationFor(prng, menu)).flatMap((valuation): ChoiceDifference[] => {
    const decision = admit({ book, bid: { job, valuation }, arrival: 0, oracle });
    const found = decision.kind === 'accepted' ? { completion: decision.completion, payment: decision.payment } : undefined;
    const expected = bestOf(menu, valuation);
    return found?.completion === expected?.completion && found?.payment === expected?.payment ? [] : [{ valuation, found, expected }];
  });
}
