// How the dashboard does on this machine: `npm run bench:dashboard -- --bids 100000`, or a part of it (`--part`, again for each).
// data, pages, live: a market of 50 sites x 150 slots gets a log of so many decisions. Lists, filters, counts, series and past moments are asked for over
// HTTP, past moments held against the log folded from its first entry, cell by cell; then a Chromium looks at it, also at 1,000 events a second and while
// the API is away. refusals: what `why` says is done. quoted: bids at quotes while others bid. The last line is one JSON object.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ascending, createPrng, percentile } from '#lab';
import { Past, type PastState } from '#market';
import { createHistoryStore, createPool } from '#persistence';
import { Eris } from '#sdk';
import { type HostTerminal, type Run, runUntilSignal, serve, type Serving } from '../apps/cli/src/index.js';
import { type DashboardStage, openDashboardStage } from './dashboard/stage.js';
import { benchLive } from './dashboard/live.js';
import { benchPages, openChromium } from './dashboard/pages.js';
import { benchQuoted } from './dashboard/quoted.js';
import { benchRefusals } from './dashboard/refusals.js';
import { terminalOf } from './terminal.js';

const { values: flags } = parseArgs({
  options: {
    bids: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    asks: { type: 'string', default: '200' },
    part: { type: 'string', multiple: true, default: ['data', 'pages', 'live', 'refusals', 'quoted'] },
    loads: { type: 'string', default: '20' },
    refusals: { type: 'string', default: '1000' },
    quotes: { type: 'string', default: '10000' },
    away: { type: 'string', default: '60' },
  },
});
const BIDS = Number(flags.bids);
const ASKS = Number(flags.asks);
const PARTS = new Set(flags.part);
const MOMENTS = 100;
const TAKEN_IN_WITHIN_MS = 1_800_000;
const LOOK_EVERY_MS = 500;

/** Milliseconds that each of some asks took: the one that 95 of 100 were no slower than. */
async function p95(name: string, asks: number, ask: (index: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < asks; index++) {
    const beganMs = performance.now();
    await ask(index);
    times.push(performance.now() - beganMs);
  }
  const figure = Math.round(percentile(ascending(times), 0.95) * 10) / 10;
  console.log(
    `${name.padEnd(28)} p95 ${figure.toFixed(1).padStart(9)} ms   (${asks} asks, median ${percentile(ascending(times), 0.5).toFixed(1)} ms)`,
  );
  return figure;
}

/** Until searches, series and states are as far as the log. @returns how long that took, seconds. */
async function untilTakenIn(operator: Eris, { marketId }: DashboardStage): Promise<number> {
  const beganMs = performance.now();
  for (;;) {
    const { upTo, head } = await operator.call('readSeries', { params: { marketId }, query: { fromSlot: 0, toSlot: 1 } });
    if (upTo === head) return Math.round((performance.now() - beganMs) / 100) / 10;
    if (performance.now() - beganMs > TAKEN_IN_WITHIN_MS) throw new Error(`decisions up to ${upTo} of ${head} were taken in`);
    await sleep(LOOK_EVERY_MS);
  }
}

type Query = Readonly<Record<string, string | number>>;

function filtersOf({ bidderIds }: DashboardStage): Query[] {
  return [
    { status: 'accepted' },
    { reason: 'insufficient_funds' },
    { label: 'run-77' },
    { labelPrefix: 'run-12', sort: 'payment' },
    { organisationId: bidderIds[3] ?? '' },
    { sort: 'value' },
    { paymentMin: '80', sort: 'payment', order: 'ascending' },
    { placedSince: '2026-01-01T01:00:00Z', placedBefore: '2026-01-01T01:05:00Z' },
  ];
}

/** The states after some entries, from the log alone: folded from its first entry on, past none of them twice. */
async function foldedAt(databaseUrl: string, marketId: bigint, sequences: readonly bigint[]): Promise<Map<bigint, PastState>> {
  const pool = createPool(databaseUrl, { max: 1 });
  try {
    const store = createHistoryStore(pool);
    const base = await store.findBase(marketId);
    if (!base) throw new Error('the market is gone');
    const past = new Past(base);
    const states = new Map<bigint, PastState>();
    for (const upTo of [...sequences].sort((a, b) => Number(a - b))) {
      for (let entries = [...(await store.entries(marketId, { after: past.sequence, upTo, limit: 500 }))]; entries.length > 0;) {
        for (const entry of entries) past.step(entry);
        entries = [...(await store.entries(marketId, { after: past.sequence, upTo, limit: 500 }))];
      }
      states.set(upTo, past.at(upTo));
    }
    return states;
  } finally {
    await pool.end();
  }
}

/** How many cells of a book differ from those of a state. */
function differences(book: Awaited<ReturnType<typeof readBook>>, { usage, sites }: PastState): number {
  const sold = new Map(usage.map(({ slot, usedMilli }) => [slot, usedMilli]));
  const width = book.rows.length;
  let count = width === 1 + 3 * sites.length ? 0 : 1;
  for (let cell = 0; cell < width; cell++)
    for (let index = 0; index < book.slotCount; index++)
      if (Math.round((book.rows[cell]?.used[index] ?? 0) * 1000) !== (sold.get(book.firstSlot + index)?.[cell] ?? 0)) count += 1;
  return count;
}

const readBook = (operator: Eris, marketId: string, at: bigint) =>
  operator.call('readBook', { params: { marketId }, query: { at: at.toString() } });

async function moments(serving: Serving, operator: Eris, stage: DashboardStage) {
  const random = createPrng(Number(flags.seed));
  const sequences = Array.from({ length: MOMENTS }, () => BigInt(random.between(60, stage.entries)));
  const states = await foldedAt(serving.databaseUrl, BigInt(stage.marketId), sequences);
  let differ = 0;
  let maxMs = 0;
  const momentMs = await p95('a past moment, whole', MOMENTS, async (index) => {
    const at = sequences[index] ?? 1n;
    const beganMs = performance.now();
    const book = await readBook(operator, stage.marketId, at);
    maxMs = Math.max(maxMs, performance.now() - beganMs);
    const state = states.get(at);
    differ += state ? differences(book, state) : 1;
  });
  return { momentMs, momentMaxMs: Math.round(maxMs), cellsThatDiffer: differ };
}

async function bench(terminal: HostTerminal, run: Run): Promise<void> {
  const serving = await serve(terminal, { ...run, anyPort: true, logToFiles: true, forLoad: true });
  console.log(`${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`);
  const seed = Number(flags.seed);
  const figures: Record<string, unknown> = { bids: BIDS };
  const add = (part: string, more: object): void => {
    Object.assign(figures, more);
    console.log(`${part}: ${JSON.stringify(more)}`);
  };
  if (PARTS.has('refusals')) add('refusals', await benchRefusals(serving, Number(flags.refusals), seed));
  if (PARTS.has('quoted')) add('quoted', await benchQuoted(serving, Number(flags.quotes), seed));
  if (['data', 'pages', 'live'].some((part) => PARTS.has(part))) await benchStage(serving, seed, add);
  console.log(`\n${JSON.stringify(figures)}`);
}

/** What is asked of a market with a long log, by programs and in a browser. */
async function benchStage(serving: Serving, seed: number, add: (part: string, more: object) => void): Promise<void> {
  const stage = await openDashboardStage(serving, BIDS, seed);
  const operator = new Eris({ url: serving.url, key: stage.operatorKey });
  const takenInSeconds = await untilTakenIn(operator, stage);
  console.log(`${BIDS} bids, ${stage.entries} entries; taken in within ${takenInSeconds} s\n`);
  add('taken in', { takenInSeconds });
  if (PARTS.has('data')) add('data', await benchData(serving, operator, stage));
  if (!PARTS.has('pages') && !PARTS.has('live')) return;
  const browser = await openChromium();
  if (!browser) return console.log('pages and live are left out: no Chromium here (apt-get install chromium)');
  try {
    if (PARTS.has('pages')) add('pages', await benchPages(browser, { url: serving.url, stage, loads: Number(flags.loads) }));
    if (PARTS.has('live')) add('live', await benchLive(browser, serving, { stage, seed, awaySeconds: Number(flags.away) }));
  } finally {
    await browser.close();
  }
}

async function benchData(serving: Serving, operator: Eris, stage: DashboardStage): Promise<object> {
  const params = { marketId: stage.marketId };
  const filters = filtersOf(stage);
  const firstRowsMs = await p95('first rows', ASKS, () => operator.call('searchBids', { params }));
  const filterMs = await p95('first rows of a filter', ASKS, (index) =>
    operator.call('searchBids', { params, query: filters[index % filters.length] }),
  );
  let cursor: string | null = null;
  const nextPageMs = await p95('the next 100 rows', ASKS, async () => {
    const page: { nextCursor: string | null } = await operator.call('searchBids', {
      params,
      query: { limit: 100, ...(cursor === null ? {} : { cursor }) },
    });
    cursor = page.nextCursor;
  });
  const groupsMs = await p95('counts by reason', 20, () => operator.call('groupBids', { params, query: { by: 'reason' } }));
  const seriesMs = await p95('a day in buckets', 50, () =>
    operator.call('readSeries', { params, query: { since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' } }),
  );
  const bookMs = await p95('the book now, one resource', 50, () => operator.call('readBook', { params, query: { resource: 'gpu' } }));
  const past = await moments(serving, operator, stage);
  return { firstRowsMs, filterMs, nextPageMs, groupsMs, seriesMs, bookMs, ...past };
}

const dataDir = await mkdtemp(join(tmpdir(), 'eris-dashboard-'));
const terminal = terminalOf(dataDir);
try {
  await runUntilSignal(terminal, (run) => bench(terminal, run));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
