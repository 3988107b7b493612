// How many bids a second are taken in and decided, at the paper's testbed size, through Postgres: `node bench/run.mjs engine [--database URL] [--bids N] [--seed S]`.
// Without a database it starts one of its own, with fsync, and throws it away. The last line is one JSON object.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ascending, type Instance, paperWorkload, percentile } from '#lab';
import { AcceptBids, DecideMarkets, type NewBid, WakeUpNotifier } from '#market';
import { standardKinds } from '#kinds';
import { createBidInbox, createDecidingStore, createPool, migrate, startEmbeddedPostgres } from '#persistence';
import { newBid, seedMarket, type SeededMarket } from '../test/support/market.js';

const IN_FLIGHT = 256;
const BULK = 1_000;
const { values } = parseArgs({
  options: { database: { type: 'string' }, bids: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});

function bidsOf(market: SeededMarket, instance: Instance, keyPrefix: string): NewBid[] {
  return instance.jobs.map((job, index) => {
    const { valuation, epochs, throughput, parameterMB, worker, ps } = job;
    const chunks = Object.fromEntries(
      job.chunks.map((count, site) => [market.siteIds[site], count] as const).filter(([, count]) => count > 0),
    );
    const body = { valuation, chunks, epochs, throughput, parameterMB, worker, ps };
    return newBid(market, market.bidderIds[index % market.bidderIds.length], `${keyPrefix}-${index}`, body);
  });
}

/** Single bids, so many in flight at any time: bids a second and how long each waited. */
async function acceptSingly(accept: AcceptBids, bids: readonly NewBid[]) {
  const waitsMs: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < bids.length) {
      const bid = bids[next++];
      const beganMs = performance.now();
      await accept.accept(bid);
      waitsMs.push(performance.now() - beganMs);
    }
  };
  const perSecond = await rate(bids.length, () => Promise.all(Array.from({ length: IN_FLIGHT }, client)));
  const sorted = ascending(waitsMs);
  return { perSecond, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return (count * 1000) / (performance.now() - beganMs);
}

async function run(url: string) {
  await migrate(url);
  const pool = createPool(url);
  const bidCount = Number(values.bids);
  const instance = paperWorkload({ kind: 'testbed', jobs: bidCount, seed: Number(values.seed) });
  const market = await seedMarket(pool, { bidderCount: 10, horizonSlots: instance.slots });
  const accept = new AcceptBids(createBidInbox(pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
    waitMs: 2,
    queueMax: 100_000,
  });
  const single = await acceptSingly(accept, bidsOf(market, instance, 'single'));
  const decider = new DecideMarkets(
    createDecidingStore(pool),
    standardKinds(),
    { owner: 'bench', leaseMs: 10_000, batchMax: 256, thinkMs: 250 },
    { nowMs: () => performance.now() },
  );
  const decidePerSecond = await rate(bidCount, () => decider.run(market.marketId));
  const bulk = bidsOf(market, instance, 'bulk');
  const bulkPerSecond = await rate(bulk.length, async () => {
    for (let at = 0; at < bulk.length; at += BULK) await accept.acceptMany(bulk.slice(at, at + BULK));
  });
  const fullPerSecond = await rate(bulk.length, () => decider.run(market.marketId));
  await accept.acceptMany(bidsOf(market, instance, 'closed'));
  await pool.query(`UPDATE market SET status = 'closed' WHERE id = $1`, [market.marketId]);
  const withoutOraclePerSecond = await rate(bidCount, () => decider.run(market.marketId)); // refusals that nobody has to think about
  const { rows } = await pool.query<{ outcome: string; n: number }>(
    `SELECT outcome, count(*)::int AS n FROM decision WHERE market_id = $1 GROUP BY outcome`,
    [market.marketId],
  );
  await pool.end();
  const outcomes = Object.fromEntries(rows.map((row) => [row.outcome, row.n]));
  return {
    bids: bidCount,
    single,
    bulkPerSecond,
    decidePerSecond,
    decideFullMarketPerSecond: fullPerSecond,
    decideWithoutOraclePerSecond: withoutOraclePerSecond,
    outcomes,
  };
}

async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  if (values.database) return work(values.database);
  const dataDir = await mkdtemp(join(tmpdir(), 'eris-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'data') });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

console.log(JSON.stringify(await withDatabase(run)));
