/** Real: admission and the default oracle. Nobody gains by a false valuation, nor by asking in pieces. */
import {
  createOracle,
  footprintOf,
  type Schedule,
  type TrainingBid,
  type TrainingJob,
  type TrainingDecision,
  type TrainingMenu,
} from '#kinds';
import { admit, applyFootprint, type Book, menuOf, type Valuation, valueAt } from '#mechanism';
import { createPrng, microsToCredits, type Prng } from '#lab';
import fc from 'fast-check';
import { bookAfter, jobArb, sequenceArb, seeded, valuationArb } from '../support/mechanism-arbitraries.js';

// more of them: ERIS_TRUTH_TRIALS=1000000
const TRIALS = Number(process.env.ERIS_TRUTH_TRIALS ?? 50_000);
const LIES_PER_CASE = 250;
const oracle = createOracle('default');

const caseArb = sequenceArb(4).chain(({ spec, bids }) =>
  fc.record({
    spec: fc.constant(spec),
    bids: fc.constant(bids),
    job: jobArb(spec, 2), // small, for many trials
    truth: valuationArb,
    arrival: fc.integer({ min: 0, max: spec.slotCount - 1 }),
    funds: fc.option(fc.bigInt({ min: 0n, max: 500_000_000n }), { nil: undefined }),
    lieSeed: fc.nat(),
  }),
);

/** A false valuation: anything, or made from the menu itself so that one entry is just within or just out of reach. */
function lie(prng: Prng, { truth, menu, arrival }: { truth: Valuation; menu: TrainingMenu; arrival: number }): Valuation {
  const scale = prng.between(0, 300) / 100;
  const aimed = menu.length > 0 ? prng.pick(menu) : undefined;
  const price = aimed ? microsToCredits(aimed.price) : prng.between(0, 500);
  switch (prng.below(4)) {
    case 0:
      return { kind: 'table', values: Array.from({ length: 7 }, (_, d) => microsToCredits(valueAt(truth, d)) * scale) };
    case 1:
      return {
        kind: 'deadline',
        value: price + prng.between(-1, 1) / 1_000_000 < 0 ? 0 : price + 0.000001,
        deadline: (aimed?.completion ?? arrival) - arrival,
      };
    case 2:
      return { kind: 'deadline', value: 1_000_000, deadline: prng.between(0, 6) };
    default:
      return { kind: 'linear', value: price + prng.between(0, 100), decay: prng.between(0, 50) };
  }
}

/** What a decision is worth to a bidder whose valuation is `truth`. */
function utility(decision: TrainingDecision, truth: Valuation, arrival: number): bigint {
  return decision.kind === 'refused' ? 0n : valueAt(truth, decision.completion - arrival) - decision.payment;
}

describe('a false valuation', () => {
  it(`never gains, in ${TRIALS} trials`, () => {
    let trials = 0;
    fc.assert(
      fc.property(caseArb, ({ spec, bids, job, truth, arrival, funds, lieSeed }) => {
        const book = bookAfter({ spec, bids }, oracle);
        const decide = (valuation: Valuation): TrainingDecision =>
          admit({ book, bid: { job, valuation }, arrival, fundsMicros: funds, oracle });
        const honest = utility(decide(truth), truth, arrival);
        const menu = menuOf({ book, job, arrival, oracle });
        const prng = createPrng(lieSeed);
        for (let turn = 0; turn < LIES_PER_CASE; turn++, trials++) {
          const told = lie(prng, { truth, menu, arrival });
          const gained = utility(decide(told), truth, arrival) - honest;
          if (gained > 0n) throw new Error(`law broken: telling ${JSON.stringify(told)} for ${JSON.stringify(truth)} gains ${gained}`);
        }
      }),
      seeded('misreports', TRIALS / LIES_PER_CASE),
    );
    expect(trials).toBe(TRIALS);
  });
});

interface Piece {
  readonly menu: TrainingMenu;
  readonly schedule: Schedule;
  readonly price: bigint;
}

/** The cheapest entry of a part's menu, bought and added to the book. */
function buy(book: Book, bid: TrainingBid['job'], arrival: number): Piece | undefined {
  const menu = menuOf({ book, job: bid, arrival, oracle });
  const last = menu.at(-1);
  if (!last) return undefined;
  applyFootprint(book, footprintOf(book.spec, bid, last.plan));
  return { menu, schedule: last.plan, price: last.price };
}

/** Two parts that never run in one slot with servers at two sites are together a schedule of the whole. */
const together = (first: Schedule, second: Schedule): boolean =>
  first.every(({ slot, ps }) => second.every((plan) => plan.slot !== slot || plan.ps === ps));

describe('splitting a job', () => {
  it('never gains where the parts are a way to run the whole', () => {
    let compared = 0;
    fc.assert(
      fc.property(caseArb, fc.nat(), ({ spec, bids, job, arrival }, cut) => {
        const prng = createPrng(cut);
        const part: TrainingJob = { ...job, chunks: job.chunks.map((count) => prng.between(0, count)) };
        const rest: TrainingJob = { ...job, chunks: job.chunks.map((count, site) => count - part.chunks[site]) };
        fc.pre([part, rest].every(({ chunks }) => chunks.some((count) => count > 0)));
        const whole = menuOf({ book: bookAfter({ spec, bids }, oracle), job, arrival, oracle }).at(-1);
        const book = bookAfter({ spec, bids }, oracle);
        const first = buy(book, part, arrival);
        const second = first && buy(book, rest, arrival);
        if (!first || !second || !together(first.schedule, second.schedule)) return;
        compared++;
        const bar = first.price + second.price;
        if (!whole || whole.price > bar + ROUNDING) throw new Error(`law broken: the whole costs ${whole?.price}, its parts ${bar}`);
      }),
      seeded('splitting', 1_000),
    );
    expect(compared).toBeGreaterThan(100);
  });
});

const ROUNDING = 300n; // micro-credits: each payment line rounds once
