/** Real: the mechanism and both oracles. Floors of a price are no higher than any price, and ruling out by them changes no decision. */
import { createOracle, type TrainingOracle, type TrainingMenuEntry } from '#kinds';
import { admit, menuOf, valueAt } from '#mechanism';
import fc from 'fast-check';
import type { Asked } from '../support/greedy.js';
import { bookAfter, marketWithJob, seeded, valuationArb } from '../support/mechanism-arbitraries.js';

/** Payment lines are rounded to a micro-credit each, a floor is not. */
const ROUNDING = 300;

/** The plain and the sharp floor by each completion, the floors asked for in every slot. */
function floorsOf(
  { book, job, arrival }: Asked,
  oracle: TrainingOracle,
): ReadonlyMap<number, { readonly plain: number; readonly sharp: number }> {
  const search = oracle.open(book, job, arrival);
  const floors = new Map<number, { plain: number; sharp: number }>();
  for (let completion = arrival; completion < book.slotCount; completion++)
    floors.set(completion, { plain: search.advance(), sharp: search.floor() });
  return floors;
}

describe.each([
  ['small jobs', 5, 400],
  ['large jobs', 60, 120],
])('floors, %s', (what, chunksMax, runs) => {
  const oracle = createOracle('default');

  it('are no higher than the price of any schedule, and never rise', () => {
    fc.assert(
      fc.property(marketWithJob(chunksMax), ({ spec, bids, job, arrival }) => {
        fc.pre(job.chunks.some((count) => count > 0));
        const asked = { book: bookAfter({ spec, bids }, oracle), job, arrival };
        const floors = floorsOf(asked, oracle);
        const inOrder = [...floors.values()];
        for (const { plain, sharp } of inOrder) expect(sharp).toBeGreaterThanOrEqual(plain);
        inOrder.slice(1).forEach(({ sharp }, index) => expect(sharp).toBeLessThanOrEqual(inOrder[index].sharp));
        for (const name of ['default', 'paper'] as const)
          for (const { completion, price } of menuOf({ ...asked, oracle: createOracle(name) }))
            expect(floors.get(completion)?.sharp).toBeLessThanOrEqual(Number(price) + ROUNDING);
      }),
      seeded(`floors, ${what}`, runs),
    );
  });

  it('depend on the opened slots alone, not on when they are asked for', () => {
    fc.assert(
      fc.property(marketWithJob(chunksMax), ({ spec, bids, job, arrival }) => {
        fc.pre(job.chunks.some((count) => count > 0));
        const book = bookAfter({ spec, bids }, oracle);
        const last = [...floorsOf({ book, job, arrival }, oracle).values()].at(-1);
        const search = oracle.open(book, job, arrival);
        for (let completion = arrival; completion < book.slotCount; completion++) search.advance();
        expect(search.floor()).toBe(last?.sharp);
      }),
      seeded(`floors asked late, ${what}`, runs),
    );
  });
});

describe('admission', () => {
  const oracle = createOracle('default');

  it('decides as the whole menu would, on small markets', () => {
    fc.assert(
      fc.property(marketWithJob(4), valuationArb, ({ spec, bids, job, arrival }, valuation) => {
        fc.pre(job.chunks.some((count) => count > 0));
        const book = bookAfter({ spec, bids }, oracle);
        const menu = menuOf({ book, job, arrival, oracle });
        const utility = ({ completion, price }: TrainingMenuEntry): bigint => valueAt(valuation, completion - arrival) - price;
        const best = menu.reduce((most, entry) => (utility(entry) > most ? utility(entry) : most), 0n);
        const decision = admit({ book, bid: { job, valuation }, arrival, oracle });
        if (decision.kind === 'accepted') {
          expect(decision.value - decision.payment).toBe(best);
          expect(decision.completion).toBe(menu.find((entry) => utility(entry) === best)?.completion);
        } else {
          expect(best).toBe(0n);
          if (menu.length > 0) expect(decision.refusal.code).toBe('price_above_value');
        }
      }),
      seeded('admission by the menu', 400),
    );
  });

  it('decides by what the wallet can pay as the whole menu would, on small markets', () => {
    const paysArb = fc.bigInt({ min: 0n, max: 3_000_000_000n });
    fc.assert(
      fc.property(
        marketWithJob(4),
        valuationArb,
        fc.oneof(fc.constant(0n), paysArb),
        ({ spec, bids, job, arrival }, valuation, fundsMicros) => {
          fc.pre(job.chunks.some((count) => count > 0));
          const book = bookAfter({ spec, bids }, oracle);
          const utility = ({ completion, price }: TrainingMenuEntry): bigint => valueAt(valuation, completion - arrival) - price;
          const passing = menuOf({ book, job, arrival, oracle }).filter((entry) => utility(entry) > 0n);
          const payable = passing.filter(({ price }) => price <= fundsMicros);
          const best = payable.reduce((most, entry) => (utility(entry) > most ? utility(entry) : most), 0n);
          const decision = admit({ book, bid: { job, valuation }, arrival, fundsMicros, oracle });
          if (decision.kind === 'accepted') {
            expect(decision.value - decision.payment).toBe(best);
            return;
          }
          expect(best).toBe(0n);
          const { code, nearest } = decision.refusal;
          expect(code === 'insufficient_funds').toBe(passing.length > 0);
          if (code === 'insufficient_funds') expect(passing.map(({ price }) => price)).toContain(nearest?.price);
        },
      ),
      seeded('admission by funds', 400),
    );
  });
});
