/** A plan's footprint: what it takes is what it gives back, and a slot's own capacity is what is sold and priced. */
import { createOracle, footprintOf, validateSchedule } from '#kinds';
import {
  admit,
  applyFootprint,
  BANDWIDTH_CELL,
  type Book,
  capacityOf,
  createBook,
  firstCellOf,
  menuOf,
  paymentLines,
  pricesOf,
  releaseFootprint,
  setCapacity,
  usageOf,
} from '#mechanism';
import fc from 'fast-check';
import { bidArb, bookAfter, seeded, sequenceArb } from '../support/mechanism-arbitraries.js';

const RUNS = 150;
const oracle = createOracle('default');
const slotsOf = ({ baseSlot, slotCount }: Book): number[] => Array.from({ length: slotCount }, (_, index) => baseSlot + index);
const seen = (book: Book) => slotsOf(book).map((slot) => [usageOf(book, slot), pricesOf(book, slot), capacityOf(book, slot)]);

/** A market in which some was sold, and one more bid. */
const situations = sequenceArb(5).chain((sequence) => fc.record({ sequence: fc.constant(sequence), bid: bidArb(sequence.spec) }));

describe('a footprint', () => {
  it('leaves the book as it was when it is given back', () => {
    fc.assert(
      fc.property(situations, ({ sequence, bid }) => {
        const book = bookAfter(sequence, oracle);
        const before = seen(book);
        const decision = admit({ book, bid, arrival: 0, oracle });
        if (decision.kind === 'refused') return;
        applyFootprint(book, decision.footprint);
        if (decision.footprint.some(({ cells }) => cells.length > 0)) expect(seen(book)).not.toEqual(before);
        releaseFootprint(book, decision.footprint);
        expect(seen(book)).toEqual(before);
      }),
      seeded('released', RUNS),
    );
  });

  it('gives nothing back that was not taken', () => {
    const book = createBook(fc.sample(sequenceArb(1), { seed: 1, numRuns: 1 })[0].spec, 0);
    const footprint = [{ slot: 0, cells: [BANDWIDTH_CELL], quantitiesMilli: [1] }];
    expect(() => releaseFootprint(book, footprint)).toThrow('given back');
  });

  it('holds what a schedule takes of each cell, once, in the order of the cells', () => {
    fc.assert(
      fc.property(situations, ({ sequence, bid: { job } }) => {
        const book = bookAfter(sequence, oracle);
        for (const { plan: schedule } of menuOf({ book, job, arrival: 0, oracle })) {
          const footprint = footprintOf(book.spec, job, schedule);
          expect(footprint.map(({ slot }) => slot)).toEqual(schedule.map(({ slot }) => slot));
          for (const { cells, quantitiesMilli } of footprint) {
            expect(cells).toEqual([...new Set(cells)].sort((one, other) => one - other));
            expect(quantitiesMilli.every((quantity) => Number.isSafeInteger(quantity) && quantity > 0)).toBe(true);
          }
          expect(paymentLines(book, footprint).map(({ quantityMilli }) => quantityMilli)).toEqual(
            footprint.flatMap((slot) => slot.quantitiesMilli),
          );
        }
      }),
      seeded('footprints', RUNS),
    );
  });
});

describe('the capacity of a slot', () => {
  it('is what is sold there, and what its prices follow; other slots keep theirs', () => {
    fc.assert(
      fc.property(situations, fc.nat(5), fc.integer({ min: 0, max: 100 }), ({ sequence, bid }, at, percent) => {
        const book = bookAfter(sequence, oracle);
        const slot = at % book.slotCount;
        const others = slotsOf(book).filter((one) => one !== slot);
        const pricesBefore = others.map((one) => pricesOf(book, one));
        const used = usageOf(book, slot);
        const own = capacityOf(book, slot).map((all, cell) => Math.max(used[cell], Math.floor((all * percent) / 100)));
        setCapacity(book, slot, own);
        expect(capacityOf(book, slot)).toEqual(own);
        expect(others.map((one) => pricesOf(book, one))).toEqual(pricesBefore);
        const usual = createBook({ ...book.spec, ...narrowed(book, own) }, 0);
        const sold = { slot, cells: used.map((_, cell) => cell), quantitiesMilli: used };
        applyFootprint(usual, [sold]);
        expect(pricesOf(book, slot)).toEqual(pricesOf(usual, slot));
        const decision = admit({ book, bid, arrival: 0, oracle });
        if (decision.kind === 'refused') return;
        const { plan: schedule, completion, footprint } = decision;
        const claim = { spec: book.spec, usage: (one: number) => usageOf(book, one), capacity: (one: number) => capacityOf(book, one) };
        expect(validateSchedule({ ...claim, job: bid.job, arrival: 0, schedule, completion, horizonEnd: book.slotCount })).toEqual([]);
        applyFootprint(book, footprint); // and nothing is oversold
      }),
      seeded('capacity of a slot', RUNS),
    );
  });
});

/** A market all of whose slots have these capacities. */
const narrowed = ({ spec, resourceCount }: Book, cells: readonly number[]) => ({
  bandwidthKB: cells[BANDWIDTH_CELL] as typeof spec.bandwidthKB,
  sites: spec.sites.map((site, index) => ({
    ...site,
    capacityMilli: cells.slice(
      firstCellOf(index, resourceCount),
      firstCellOf(index + 1, resourceCount),
    ) as unknown as typeof site.capacityMilli,
  })),
});
