// How many bids a second are taken in and decided, at the paper's testbed size, through Postgres: `node bench/engine.mjs [--database URL] [--bids N] [--seed S]`.
// Without a database it starts one of its own, with fsync, and throws it away. Run `npm run build` first. The last line is one JSON object.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ascending, paperWorkload, percentile } from '#lab';
import { AcceptBids, DecideMarkets, Ringer } from '#market';
import { createOracle } from '#kinds';
import { createBidInbox, createDecidingStore, createPool, migrate, startEmbeddedPostgres } from '#persistence';

const IN_FLIGHT = 256;
const BULK = 1_000;
const { values } = parseArgs({
  options: { database: { type: 'string' }, bids: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});

/** A market of the paper's testbed with ten bidders that can pay anything, in an empty database. */
async function seed(pool, instance) {
  const organisation = async (parentId, name) => {
    const text = `WITH o AS (INSERT INTO organisation (parent_id, name) VALUES ($1, $2) RETURNING id), a AS (
      INSERT INTO account (organisation_id, kind) SELECT o.id, k::account_kind FROM o, unnest('{funding,wallet,escrow,revenue}'::text[]) AS k)
      SELECT id FROM o`;
    return (await pool.query(text, [parentId, name])).rows[0].id;
  };
  const operatorId = await organisation(null, `bench-${process.hrtime.bigint()}`);
  const bidderIds = [];
  for (let index = 0; index < 10; index++) bidderIds.push(await organisation(operatorId, `bidder-${index}`));
  await pool.query(
    `INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros)
     SELECT 'deposit', f.id, w.id, 1000000000000000 FROM account f, account w
     WHERE f.organisation_id = $1 AND f.kind = 'funding' AND w.kind = 'wallet' AND w.organisation_id = ANY($2::bigint[])`,
    [operatorId, bidderIds],
  );
  const { gamma } = instance.prices;
  const market = await pool.query(
    `INSERT INTO market (organisation_id, name, clock, slot_minutes, horizon_slots, chunk_kb, bandwidth_kb, resources, gamma, unit_micros, reserve_micros)
     VALUES ($1, 'bench', 'manual', 20, $2, $3, $4, $5, $6, 1000000, 0) RETURNING id`,
    [operatorId, instance.slots, instance.chunkMB * 1000, instance.bandwidthMB * 1000, instance.resources, gamma],
  );
  const marketId = market.rows[0].id;
  const siteIds = [];
  for (const [ordinal, site] of instance.sites.entries()) {
    const capacity = instance.resources.map((name) => site.capacity[name] * 1000);
    const text = 'INSERT INTO site (market_id, ordinal, name, capacity_milli) VALUES ($1, $2, $3, $4) RETURNING id';
    siteIds.push((await pool.query(text, [marketId, ordinal, site.id, capacity])).rows[0].id.toString());
  }
  return { marketId, bidderIds, siteIds };
}

function bidsOf({ marketId, bidderIds, siteIds }, instance, keyPrefix) {
  return instance.jobs.map((job, index) => {
    const { valuation, epochs, throughput, parameterMB, worker, ps } = job;
    const chunks = Object.fromEntries(job.chunks.map((count, site) => [siteIds[site], count]).filter(([, count]) => count > 0));
    const body = JSON.stringify({ valuation, chunks, epochs, throughput, parameterMB, worker, ps });
    const requestHash = createHash('sha256').update(body).digest();
    return {
      marketId,
      organisationId: bidderIds[index % bidderIds.length],
      idempotencyKey: `${keyPrefix}-${index}`,
      requestHash,
      label: null,
      body,
    };
  });
}

/** Single bids, so many in flight at any time: bids a second and how long each waited. */
async function acceptSingly(accept, bids) {
  const waitsMs = [];
  let next = 0;
  const client = async () => {
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

async function rate(count, work) {
  const beganMs = performance.now();
  await work();
  return (count * 1000) / (performance.now() - beganMs);
}

async function run(url) {
  await migrate(url);
  const pool = createPool(url);
  const bidCount = Number(values.bids);
  const instance = paperWorkload({ kind: 'testbed', jobs: bidCount, seed: Number(values.seed) });
  const market = await seed(pool, instance);
  const accept = new AcceptBids(createBidInbox(pool), new Ringer({ ring: async () => undefined }, () => undefined), {
    waitMs: 2,
    queueMax: 100_000,
  });
  const single = await acceptSingly(accept, bidsOf(market, instance, 'single'));
  const decider = new DecideMarkets(
    createDecidingStore(pool),
    createOracle('default'),
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
  const { rows } = await pool.query(`SELECT outcome, count(*)::int AS n FROM decision WHERE market_id = $1 GROUP BY outcome`, [
    market.marketId,
  ]);
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

async function withDatabase(work) {
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
