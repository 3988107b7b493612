import { FILLS, sizedBook, sizedJob, type Fill, type JobSize } from '#lab';
import { createOracle, type TrainingBid, type TrainingJob, type TrainingOracle } from '#kinds';
import { admit, type Book, type MarketSize, quote, sizeFault } from '#mechanism';
import { elapsedMs, table } from '../spread.js';
import { firstDecisions } from './first-decisions.js';

/** Markets up to the limits on sites, slots, resources, and on their products. */
const MARKETS: readonly MarketSize[] = [
  { sites: 9, slots: 50, resources: 3 },
  { sites: 50, slots: 150, resources: 3 },
  { sites: 200, slots: 150, resources: 3 },
  { sites: 500, slots: 300, resources: 3 },
  { sites: 50, slots: 2_000, resources: 3 },
  { sites: 2_000, slots: 20, resources: 3 },
  { sites: 2_000, slots: 142, resources: 7 },
  { sites: 2_000, slots: 62, resources: 16 },
  { sites: 50, slots: 10_000, resources: 3 },
  { sites: 12, slots: 10_000, resources: 16 },
];
const CHUNKS = [1, 2, 3, 5, 10, 27, 150, 2_000, 20_000];
const QUICK = { markets: 4, chunks: 5 };

interface Measured {
  readonly ms: number;
  readonly steps: number;
  readonly what: string;
}

const NOTHING: Measured = { ms: 0, steps: 0, what: '' };
const worse = (one: Measured, other: Measured): Measured => (other.ms > one.ms ? other : one);

/** The slowest decision and the slowest quote (a decision and a whole menu) of a grid of markets and jobs, warm, one core. */
export function limitSection(quick: boolean): Readonly<Record<string, number>> {
  console.log('\n# Worst decision and worst quote by size (ms; millions of counted steps; what)\n');
  const oracle = createOracle('default');
  const rows: string[][] = [['market', 'decision', 'steps', 'quote', 'steps', 'of the slowest decision']];
  let decision = NOTHING;
  let menu = NOTHING;
  for (const market of MARKETS.slice(0, quick ? QUICK.markets : MARKETS.length)) {
    const worst = worstOf(market, CHUNKS.slice(0, quick ? QUICK.chunks : CHUNKS.length), oracle);
    decision = worse(decision, worst.decision);
    menu = worse(menu, worst.menu);
    const { sites, slots, resources } = market;
    rows.push([`${sites} x ${slots} x ${resources}`, ...shown(worst.decision), ...shown(worst.menu), worst.decision.what]);
    console.error(rows[rows.length - 1].join('  ')); // the whole grid takes some minutes
  }
  console.log(table(rows));
  return { worstDecisionMs: decision.ms, worstMenuMs: menu.ms, ...firstDecisions(oracle) };
}

const shown = ({ ms, steps }: Measured): string[] => [ms.toFixed(1), (steps / 1e6).toFixed(1)];

function worstOf(market: MarketSize, chunks: readonly number[], oracle: TrainingOracle): { decision: Measured; menu: Measured } {
  if (sizeFault(market) !== undefined) throw new Error(`the grid goes beyond the limits: ${sizeFault(market)}`);
  let decision = NOTHING;
  let menu = NOTHING;
  for (const fill of FILLS) {
    const book = sizedBook(market, fill, 1);
    for (const size of jobsOf(chunks)) {
      const one = measure(book, sizedJob(size, market, 2), oracle);
      const what = nameOf(fill, size);
      decision = worse(decision, { ...one.decision, what });
      menu = worse(menu, { ...one.menu, what });
    }
  }
  return { decision, menu };
}

const jobsOf = (chunks: readonly number[]): JobSize[] =>
  chunks.flatMap((count) =>
    (['spread', 'concentrated'] as const).flatMap((homes) =>
      (['heavy', 'light'] as const).map((parameters) => ({ chunks: count, epochs: homes === 'spread' ? 10 : 30, homes, parameters })),
    ),
  );

const nameOf = (fill: Fill, { chunks, epochs, homes, parameters }: JobSize): string =>
  `${fill}, ${chunks} chunks ${homes}, ${epochs} epochs, ${parameters} parameters`;

/** Twice, the faster: once is warm-up. A value that does not fall makes a decision look at every completion. */
function measure(book: Book, job: TrainingJob, oracle: TrainingOracle): { decision: Omit<Measured, 'what'>; menu: Omit<Measured, 'what'> } {
  const bid: TrainingBid = { job, valuation: { kind: 'deadline', value: 1e9, deadline: book.slotCount } };
  const decide = timed(oracle, () => admit({ book, bid, arrival: 0, oracle }));
  const decideAgain = timed(oracle, () => admit({ book, bid, arrival: 0, oracle }));
  return {
    decision: decide.ms < decideAgain.ms ? decide : decideAgain,
    menu: timed(oracle, () => quote({ book, bid, arrival: 0, oracle })),
  };
}

function timed(oracle: TrainingOracle, run: () => unknown): Omit<Measured, 'what'> {
  const before = oracle.steps?.() ?? 0;
  const start = process.hrtime.bigint();
  run();
  return { ms: elapsedMs(start), steps: (oracle.steps?.() ?? 0) - before };
}
