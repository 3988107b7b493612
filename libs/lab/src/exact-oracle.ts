import {
  footprintOf,
  type Schedule,
  TRAINING_ANSWERS,
  type ScheduleSearch,
  type TrainingJob,
  type TrainingOracle,
  type TrainingMenuEntry,
} from '#kinds';
import { type Book, paymentLines, totalOf } from '#mechanism';
import { lastOf, invariant } from '#units';
import { cheapestBy } from './exact-menu.js';
import type { Solver } from './milp.js';

/** Above this many sites x sites x slots the exact oracle isn't offered: a solve would take minutes to hours. */
export const EXACT_SIZE_MAX = 500;

/** How large an instance is for the exact oracle: compare with EXACT_SIZE_MAX. */
export const exactSize = ({ sites, slots }: { readonly sites: readonly unknown[]; readonly slots: number }): number =>
  sites.length ** 2 * slots;

/** Thrown when the solver couldn't prove an optimum within the time it was given. */
export class ExactTimeout extends Error {
  override readonly name = 'ExactTimeout';
}

/** An oracle that solves every completion exactly. Slow; for small instances and for checks of the other oracles. */
export function exactOracle(solver: Solver, timeLimitSeconds: number): TrainingOracle {
  return {
    ...TRAINING_ANSWERS,
    name: 'exact',
    open: (book, job, arrival) => new ExactSearch({ solver, book, job, arrival, timeLimitSeconds }),
  };
}

interface SearchInput {
  readonly solver: Solver;
  readonly book: Book;
  readonly job: TrainingJob;
  readonly arrival: number;
  readonly timeLimitSeconds: number;
}

class ExactSearch implements ScheduleSearch {
  readonly #input: SearchInput;
  #opened = 0;
  #solved = 0;
  #best: TrainingMenuEntry | undefined;

  constructor(input: SearchInput) {
    this.#input = input;
  }

  advance(): number {
    this.#opened++;
    return 0;
  }

  floor(): number {
    return 0;
  }

  bound(): number {
    for (; this.#solved < this.#opened; this.#solved++) {
      const completion = this.#input.arrival + this.#solved;
      const found = cheapestBy(this.#input, completion);
      if (found === 'unsolved') throw new ExactTimeout(`no proven optimum by slot ${completion} within ${this.#input.timeLimitSeconds} s`);
      if (found !== 'impossible' && (!this.#best || found.price < this.#best.price)) this.#best = found;
    }
    return this.#best ? Number(this.#best.price) : Infinity;
  }

  plan(): Schedule | undefined {
    const best = this.#best;
    const last = this.#input.arrival + this.#opened - 1;
    if (!best || lastOf(best.plan).slot !== last) return undefined;
    const { book, job } = this.#input;
    const price = totalOf(paymentLines(book, footprintOf(book.spec, job, best.plan)));
    invariant(price === best.price, 'the book stands still during a search');
    return best.plan;
  }
}
