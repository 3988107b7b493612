/** Real: the mechanism, both oracles, the validator. Whole sequences of bids over random markets. */
import { createOracle, footprintOf, type TrainingOracle, type TrainingDecision } from '#kinds';
import {
  admit,
  applyFootprint,
  type Book,
  capacityOf,
  createBook,
  type MarketSpec,
  paymentLines,
  pricesOf,
  totalOf,
  usageOf,
} from '#mechanism';
import fc from 'fast-check';
import { assertValid } from '../laws/schedule.js';
import { sequenceArb, seeded, type ArrivingBid } from '../support/mechanism-arbitraries.js';

const RUNS = 200;
const BIDS = 12;

interface Step {
  readonly book: Book;
  readonly spec: MarketSpec;
  readonly arriving: ArrivingBid;
  readonly decision: TrainingDecision;
}

/** Decides the bids in order; `check` sees each decision before it is applied. */
function run(
  { spec, bids }: { spec: MarketSpec; bids: readonly ArrivingBid[] },
  oracle: TrainingOracle,
  check: (step: Step) => void = () => undefined,
): readonly TrainingDecision[] {
  const book = createBook(spec, 0);
  return bids.map((arriving) => {
    const decision = admit({ book, bid: arriving.bid, arrival: arriving.arrival, oracle });
    check({ book, spec, arriving, decision });
    if (decision.kind === 'accepted') applyFootprint(book, decision.footprint);
    return decision;
  });
}

const slotsOf = (spec: MarketSpec): readonly number[] => Array.from({ length: spec.slotCount }, (_, slot) => slot);
const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));

describe.each(['default', 'paper'] as const)('sequences of bids, oracle %s', (name) => {
  const oracle = createOracle(name);
  const sequences = sequenceArb(BIDS);

  it('accepts only valid schedules', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        run(sequence, oracle, ({ book, spec, arriving, decision }) => {
          if (decision.kind === 'refused') return;
          const { plan: schedule, completion } = decision;
          assertValid({
            spec,
            usage: (slot) => usageOf(book, slot),
            job: arriving.bid.job,
            arrival: arriving.arrival,
            schedule,
            completion,
            horizonEnd: spec.slotCount,
          });
        });
      }),
      seeded(`valid, ${name}`, RUNS),
    );
  });

  it('charges what posted prices give, never more than the value, never below zero', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        run(sequence, oracle, ({ book, arriving, decision }) => {
          if (decision.kind === 'refused') return;
          const { payment, value, lines, plan: schedule } = decision;
          expect(lines).toEqual(paymentLines(book, footprintOf(book.spec, arriving.bid.job, schedule)));
          expect(payment).toBe(totalOf(lines));
          if (payment < 0n || payment >= value) throw new Error(`law broken: pays ${payment} for a value of ${value}`);
        });
      }),
      seeded(`payments, ${name}`, RUNS),
    );
  });

  it('sells nothing twice, and prices only rise', () => {
    fc.assert(
      fc.property(sequences, ({ spec, bids }) => {
        const book = createBook(spec, 0);
        for (const { bid, arrival } of bids) {
          const before = slotsOf(spec).map((slot) => pricesOf(book, slot));
          const decision = admit({ book, bid, arrival, oracle });
          if (decision.kind === 'accepted') applyFootprint(book, decision.footprint);
          slotsOf(spec).forEach((slot) => {
            const prices = pricesOf(book, slot);
            if (usageOf(book, slot).some((used, cell) => used > capacityOf(book, slot)[cell])) throw new Error('law broken: oversold');
            if (prices.some((price, cell) => price < before[slot][cell])) throw new Error('law broken: a price fell');
          });
        }
      }),
      seeded(`oversold, ${name}`, RUNS),
    );
  });

  it('decides the same every time, with a used oracle and with a new one', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        expect(text(run(sequence, oracle))).toBe(text(run(sequence, createOracle(name))));
      }),
      seeded(`determinism, ${name}`, RUNS / 2),
    );
  });
});
