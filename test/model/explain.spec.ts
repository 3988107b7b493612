/** Real: the mechanism, its oracle, the explanation. What it says passes is held against the rule that decides. */
import { createOracle, type TrainingJob } from '#kinds';
import {
  admit,
  type BindingCell,
  type Book,
  capacityOf,
  type Change,
  explain,
  firstCellOf,
  type MarketSpec,
  setCapacity,
  type SpendingCap,
  type Valuation,
} from '#mechanism';
import { micros, type Micros } from '#units';
import fc from 'fast-check';
import { bookAfter, marketWithJob, seeded, valuationArb } from '../support/mechanism-arbitraries.js';

const oracle = createOracle('default');
const RUNS = Number(process.env.ERIS_EXPLAIN_RUNS ?? 60);

interface Asked {
  readonly book: Book;
  readonly job: TrainingJob;
  readonly valuation: Valuation;
  readonly arrival: number;
  readonly fundsMicros: Micros;
  readonly caps?: readonly SpendingCap[];
}

const isAccepted = ({ book, job, arrival, caps, ...bid }: Asked, valuation = bid.valuation, fundsMicros?: Micros): boolean =>
  admit({ book, bid: { job, valuation }, arrival, oracle, fundsMicros, caps }).kind === 'accepted';

const told = ({ book, job, valuation, arrival, fundsMicros, caps }: Asked) =>
  explain({ book, bid: { job, valuation }, arrival, oracle, fundsMicros, caps });

const MICRO = 1e-6;
/** The same worth, a micro-credit less where it counts. */
function lesser(valuation: Valuation, { value }: Change): Valuation {
  switch (valuation.kind) {
    case 'deadline':
    case 'linear':
      return { ...valuation, value: Math.round(valuation.value * 1e6 - 1) / 1e6 };
    case 'sigmoid':
      return { ...valuation, scale: (valuation.scale * (Number(value) - 1)) / Number(value) };
    case 'table': {
      const raised = Number(value) * MICRO;
      return { ...valuation, values: valuation.values.map((worth) => (worth === raised ? Math.round(worth * 1e6 - 1) / 1e6 : worth)) };
    }
  }
}

const counts = { asked: 0, value: 0, completion: 0, deposit: 0, budget: 0, cells: 0, fits: 0 };

const indexOf = ({ resources }: MarketSpec, { site, resource }: BindingCell): number =>
  site === null ? 0 : firstCellOf(site, resources.length) + resources.indexOf(resource);

/** The same market, in which nothing is free of charge. */
const dear = (spec: MarketSpec): MarketSpec => ({ ...spec, prices: { kind: 'flat', level: micros(900_000n), levels: {} } });

it('names changes that pass, and with a micro-credit less do not', () => {
  fc.assert(
    fc.property(
      marketWithJob(12),
      valuationArb,
      fc.bigInt({ min: 0n, max: 20_000_000n }),
      ({ spec, bids, job, arrival }, valuation, funds) => {
        const asked = { book: bookAfter({ spec: dear(spec), bids }, oracle), job, valuation, arrival, fundsMicros: micros(funds) };
        const { refusal, fits, changes } = told(asked);
        expect(refusal === undefined).toBe(isAccepted(asked, valuation, asked.fundsMicros));
        if (!refusal || !fits) return;
        counts.asked += 1;
        for (const change of changes) {
          counts[change.kind] += 1;
          const paid = micros(asked.fundsMicros + change.missingMicros);
          expect(isAccepted(asked, change.valuation, paid)).toBe(true);
          if (change.missingMicros > 0n && change.kind === 'deposit')
            expect(isAccepted(asked, change.valuation, micros(paid - 1n))).toBe(false);
          if (change.kind === 'value') expect(isAccepted(asked, lesser(change.valuation, change))).toBe(false);
        }
      },
    ),
    seeded('explanations', RUNS),
  );
  expect(counts.asked).toBeGreaterThan(0);
  expect(counts.value + counts.deposit).toBeGreaterThan(counts.asked / 2); // for some no worth within the limits is enough
});

it('names budgets that have to be larger, by the least that passes, and nothing that they have no room for', () => {
  fc.assert(
    fc.property(
      marketWithJob(12),
      valuationArb,
      fc.array(fc.record({ from: fc.nat(6), length: fc.integer({ min: 1, max: 12 }), left: fc.bigInt({ min: 0n, max: 3_000_000n }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      ({ spec, bids, job, arrival }, valuation, budgets) => {
        const caps = budgets.map(({ from, length, left }, index) => ({
          ...{ name: `budget ${index}`, from: arrival + from, to: arrival + from + length },
          leftMicros: micros(left),
        }));
        const fundsMicros = micros(20_000_000n);
        const asked = { book: bookAfter({ spec: dear(spec), bids }, oracle), job, valuation, arrival, fundsMicros };
        const { refusal, changes } = told({ ...asked, caps });
        expect(refusal === undefined).toBe(isAccepted({ ...asked, caps }, valuation, fundsMicros));
        for (const { kind, raises = [], ...change } of changes) {
          if (kind !== 'budget') {
            expect(isAccepted({ ...asked, caps }, change.valuation)).toBe(true);
            continue;
          }
          counts.budget += 1;
          expect(refusal?.code).toBe('budget_exhausted');
          const raised = (less: bigint) =>
            caps.map((cap, index) => {
              const { byMicros = 0n } = raises.find((each) => each.cap === index) ?? {};
              return { ...cap, leftMicros: micros(cap.leftMicros + (byMicros > 0n ? byMicros - less : 0n)) };
            });
          expect(isAccepted({ ...asked, caps: raised(0n) }, valuation, fundsMicros)).toBe(true);
          if (raises.length === 1) expect(isAccepted({ ...asked, caps: raised(1n) }, valuation, fundsMicros)).toBe(false);
        }
      },
    ),
    seeded('explanations of budgets', RUNS),
  );
  expect(counts.budget).toBeGreaterThan(0);
});

it('names cells that are short: with as much free of them the job fits', () => {
  fc.assert(
    fc.property(marketWithJob(8), ({ spec, bids, job, arrival }) => {
      const book = bookAfter({ spec, bids }, oracle);
      const rich: Valuation = { kind: 'deadline', value: 1e9, deadline: spec.slotCount };
      const { refusal, cells } = told({ book, job, arrival, valuation: rich, fundsMicros: micros(10n ** 15n) });
      if (refusal?.code !== 'no_feasible_schedule' || cells.length === 0) return;
      counts.cells += 1;
      for (const { neededMilli, freeMilli } of cells) expect(neededMilli).toBeGreaterThan(freeMilli);
      for (const slot of new Set(cells.map((cell) => cell.slot))) {
        const capacity = capacityOf(book, slot);
        for (const cell of cells.filter((each) => each.slot === slot)) capacity[indexOf(spec, cell)] += cell.neededMilli - cell.freeMilli;
        setCapacity(book, slot, capacity);
      }
      if (isAccepted({ book, job, arrival, valuation: rich, fundsMicros: micros(0n) })) counts.fits += 1;
    }),
    seeded('missing cells', RUNS),
  );
  expect(counts.cells).toBeGreaterThan(RUNS / 20);
  expect(counts.fits).toBeGreaterThan(0.9 * counts.cells); // the search finds most of what there is, not all
});
