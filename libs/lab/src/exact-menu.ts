import { footprintOf, type TrainingJob, validateSchedule, type TrainingMenuEntry } from '#kinds';
import { type Book, capacityOf, paymentLines, pricesOf, totalOf, usageOf } from '#mechanism';
import { at, invariant } from '#units';
import { addJob, demandTerms, scheduleOf, type JobBlock, type SlotOffer } from './exact-block.js';
import { Milp, type Solver } from './milp.js';

/** The job whose exact menu is asked for, and the book that it is priced by. */
export interface ExactMenuInput {
  readonly solver: Solver;
  readonly book: Book;
  readonly job: TrainingJob;
  readonly arrival: number;
  /** For one completion; the whole menu takes as many solves as there are slots from arrival to horizon. */
  readonly timeLimitSeconds: number;
}

/** `unsolved`: completions whose optimum couldn't be proven within the time; they are not in the menu. */
export interface ExactMenu {
  readonly menu: readonly TrainingMenuEntry[];
  readonly unsolved: readonly number[];
}

/**
 * The exact menu of a job: for each completion the least price of any valid schedule (V1-V6), by mixed-integer programming.
 * For small markets: a solve takes milliseconds to seconds at 4 sites and 8 slots, and grows fast.
 * @throws InvariantBroken when the solver's schedule fails the validator.
 */
export function exactMenu(input: ExactMenuInput): ExactMenu {
  const menu: TrainingMenuEntry[] = [];
  const unsolved: number[] = [];
  const end = input.book.baseSlot + input.book.slotCount;
  for (let completion = input.arrival; completion < end; completion++) {
    const found = cheapestBy(input, completion);
    if (found === 'unsolved') unsolved.push(completion);
    else if (found !== 'impossible') menu.push(cheaperOf(menu.at(-1), found));
  }
  return { menu, unsolved };
}

/** What was enough for an earlier completion is enough for a later one, so rounding never makes the menu rise. */
const cheaperOf = (earlier: TrainingMenuEntry | undefined, found: TrainingMenuEntry): TrainingMenuEntry =>
  earlier && earlier.price <= found.price ? { ...earlier, completion: found.completion } : found;

/** The least price of a valid schedule that completes by `completion`. */
export function cheapestBy(
  { solver, book, job, arrival, timeLimitSeconds }: ExactMenuInput,
  completion: number,
): TrainingMenuEntry | 'impossible' | 'unsolved' {
  const milp = new Milp();
  const offers = slotsBetween(arrival, completion).map((slot) => offerOf(book, slot));
  const block = addJob(milp, { spec: book.spec, job, offers });
  addCapacity(milp, { book, job, block, offers });
  const solved = milp.solve(solver, { sense: 'minimise', timeLimitSeconds });
  if (solved.kind === 'infeasible') return 'impossible';
  if (solved.kind === 'time_limit') return 'unsolved';
  const schedule = scheduleOf(block, solved.values);
  const claim = {
    spec: book.spec,
    usage: (slot: number) => usageOf(book, slot),
    job,
    arrival,
    schedule,
    completion: schedule.at(-1)?.slot ?? completion,
  };
  const violations = validateSchedule({ ...claim, horizonEnd: completion + 1 });
  invariant(violations.length === 0, `the exact schedule is valid: ${JSON.stringify(violations)}`);
  return { completion, price: totalOf(paymentLines(book, footprintOf(book.spec, job, schedule))), plan: schedule };
}

/** The slots from the first to the last, both included. */
export const slotsBetween = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

const CREDITS_PER_MILLI = 1e-9; // a price is micro-credits per unit, a unit is a thousand milli-units

function offerOf(book: Book, slot: number): SlotOffer {
  const used = usageOf(book, slot);
  return {
    slot,
    freeMilli: capacityOf(book, slot).map((capacity, cell) => capacity - at(used, cell)),
    costPerMilli: pricesOf(book, slot).map((price) => Number(price) * CREDITS_PER_MILLI),
  };
}

function addCapacity(
  milp: Milp,
  { book, job, block, offers }: { book: Book; job: TrainingJob; block: JobBlock; offers: readonly SlotOffer[] },
): void {
  block.slots.forEach((slot, index) => {
    at(offers, index).freeMilli.forEach((free, cell) =>
      milp.row({ upper: free / 1000, terms: demandTerms(book.spec, job, { slot, cell }) }),
    );
  });
}
