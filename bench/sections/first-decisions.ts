import type { TrainingBid, TrainingOracle } from '#kinds';
import { admit, type Book, createBook, type MarketSize, occupy, paperRule } from '#mechanism';
import { micros, type Milli } from '#units';
import { elapsedMs, table } from '../spread.js';

interface Curve {
  readonly what: string;
  readonly market: MarketSize;
  readonly gamma: number;
  readonly unitMicros: number;
  /** The share of a cell that is sold. */
  readonly shareOf: (cell: number) => number;
}

const differing = (cell: number): number => ((cell * 79) % 97) / 100;
const large = { sites: 2_000, slots: 62, resources: 16 };
const CURVES: readonly Curve[] = [
  { what: 'ordinary prices', market: large, gamma: 1000, unitMicros: 1_000_000, shareOf: differing },
  { what: 'prices beyond 2^53', market: large, gamma: 999_999.5, unitMicros: 999_999_999_000_000, shareOf: differing },
  { what: 'exact halves', market: { ...large, slots: 20 }, gamma: 2.25, unitMicros: 1_000_001, shareOf: () => 0.5 },
  { what: 'exact halves', market: large, gamma: 2.25, unitMicros: 1_000_001, shareOf: () => 0.5 },
];
/** Books of each: the first is warm-up. */
const BOOKS = 3;

/** Capacities that differ and are even, so that half of one is whole. */
function newBook({ market: { sites, slots, resources }, gamma, unitMicros, shareOf }: Curve): Book {
  const evenAt = (cell: number): Milli => (64_000 + 2 * cell) as Milli;
  const names = Array.from({ length: resources }, (_, k) => `resource-${k}`);
  const book = createBook(
    {
      resources: names,
      sites: Array.from({ length: sites }, (_, site) => ({
        id: `site-${site}`,
        capacityMilli: Array.from({ length: resources }, (__, k) => evenAt(site * resources + k)),
      })),
      slotCount: slots,
      chunkKB: 2_000 as Milli,
      bandwidthKB: 2_000_000 as Milli,
      prices: paperRule(names, gamma, { unit: micros(BigInt(unitMicros)), reserve: micros(0n) }),
    },
    0,
  );
  const sold = Array.from(book.capacity, (all, cell) => Math.floor(all * shareOf(cell)));
  for (let slot = 0; slot < slots; slot++) occupy(book, slot, sold);
  return book;
}

/** A job of one chunk whose value does not fall: it looks at every slot. */
const chunkBid = ({ sites, slots, resources }: MarketSize): TrainingBid => ({
  job: {
    chunks: Array.from({ length: sites }, (_, site) => (site === 0 ? 1 : 0)),
    epochs: 10,
    throughputMilli: 20_000 as Milli,
    parameterKB: 100 as Milli,
    workerMilli: new Array<Milli>(resources).fill(1000 as Milli),
    psMilli: new Array<Milli>(resources).fill(1000 as Milli),
  },
  valuation: { kind: 'deadline', value: 1e9, deadline: slots },
});

/** The first decision on a book, which prices all of it, and the next one. */
export function firstDecisions(oracle: TrainingOracle): Readonly<Record<string, number>> {
  console.log('\n# First decision on a new book, which is priced by it (ms)\n');
  const rows: string[][] = [['market', 'first', 'next', 'prices']];
  let worst = 0;
  for (const curve of CURVES) {
    const bid = chunkBid(curve.market);
    let [first, next] = [Infinity, Infinity];
    for (let run = 0; run < BOOKS; run++) {
      const book = newBook(curve);
      first = Math.min(first, decideMs(book, bid, oracle));
      next = Math.min(next, decideMs(book, bid, oracle));
    }
    worst = Math.max(worst, first);
    const { sites, slots, resources } = curve.market;
    rows.push([`${sites} x ${slots} x ${resources}`, first.toFixed(1), next.toFixed(1), curve.what]);
  }
  console.log(table(rows));
  return { worstFirstDecisionMs: worst };
}

function decideMs(book: Book, bid: TrainingBid, oracle: TrainingOracle): number {
  const start = process.hrtime.bigint();
  admit({ book, bid, arrival: 0, oracle });
  return elapsedMs(start);
}
