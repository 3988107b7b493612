/** Real: Postgres, the deciding use case. Fake: nothing. Bidders of a market take turns, whoever floods it, at a cost that goes with the batch. */
import { createPrng } from '#lab';
import { DecideMarkets, type QueuedBid } from '#market';
import { standardKinds } from '#kinds';
import { createDecidingStore, createPool } from '#persistence';
import type { Pool } from 'pg';
import { FairTurns, sharesOf } from '../support/fair-turns.js';
import { seedMarket, smallJob, type SeededMarket } from '../support/market.js';
import { brokenLaws } from '../support/market-laws.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const LIMITS = { owner: 'one', leaseMs: 20_000, thinkMs: 10_000 };

let database: TestDatabase;
let market: SeededMarket;

/** So many bids of a bidder, straight into the database. */
const flood = async (bidderId: bigint, count: number, key = 'flood'): Promise<void> => {
  const body = JSON.stringify(smallJob(market, 0.000001));
  await database.pool.query(
    `INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body)
     SELECT $1, $2, $3 || n, sha256('x'), $4::json FROM generate_series(1, $5::int) AS n`,
    [market.marketId, bidderId, `${key}-`, body, count],
  );
};
const decider = (batchMax: number): DecideMarkets =>
  new DecideMarkets(createDecidingStore(database.pool), standardKinds(), { ...LIMITS, batchMax }, { nowMs: () => performance.now() });
const backlog = async (): Promise<QueuedBid[]> =>
  (
    await database.pool.query<QueuedBid>(
      `SELECT bid_id AS "bidId", organisation_id AS "organisationId" FROM undecided_bid WHERE market_id = $1 ORDER BY bid_id`,
      [market.marketId],
    )
  ).rows;
const decidedSince = async (sequence: bigint): Promise<(QueuedBid & { readonly sequence: bigint })[]> =>
  (
    await database.pool.query<QueuedBid & { readonly sequence: bigint }>(
      `SELECT d.bid_id AS "bidId", b.organisation_id AS "organisationId", d.sequence FROM decision d JOIN bid b ON b.id = d.bid_id
       WHERE d.market_id = $1 AND d.sequence > $2 ORDER BY d.sequence`,
      [market.marketId, sequence],
    )
  ).rows;

beforeEach(async () => {
  database = await createTestDatabase();
  market = await seedMarket(database.pool, { bidderCount: 7, fundsMicros: 0n, reserveMicros: 100_000n });
});
afterEach(() => database.drop());

it('decides the one bid of a bidder in the next batch, behind a flood of another', async () => {
  const [attacker, victim] = market.bidderIds;
  await flood(attacker, 500);
  await flood(victim, 1);
  await decider(16).turn([market.marketId]);
  const decided = await decidedSince(0n);
  expect(decided).toHaveLength(16);
  expect(decided.slice(0, 2).map(({ organisationId }) => organisationId)).toEqual([attacker, victim]);
  expect(await decider(64).run(market.marketId)).toEqual({ kind: 'drained', decided: 485 });
  expect(await brokenLaws(database.pool)).toEqual([]);
});

it('reads what the plain rule says, and keeps the laws of turns, whatever comes', async () => {
  const random = createPrng(33);
  const turns = new FairTurns();
  const store = createDecidingStore(database.pool);
  let sequence = 1n;
  for (let round = 0; round < 25; round++) {
    for (const bidder of market.bidderIds)
      if (random.below(3) === 0) await flood(bidder, random.between(1, random.pick([3, 30])), `${round}`);
    const waiting = await backlog();
    const limit = random.between(1, 40);
    const { markets } = await store.leaseAndRead([market.marketId], LIMITS, limit);
    const [opened] = markets;
    if (opened.kind !== 'ours') throw new Error(opened.kind);
    const { lastBidderId } = opened;
    expect(opened.bids.map(({ bidId }) => bidId)).toEqual(sharesOf(waiting, { limit, lastBidderId }).map(({ bidId }) => bidId));
    expect(opened.hasMore).toBe(waiting.length > limit);
    await decider(random.between(1, 40)).turn([market.marketId]);
    const decided = await decidedSince(sequence);
    expect(turns.note(waiting, decided)).toEqual([]);
    sequence = decided.at(-1)?.sequence ?? sequence;
  }
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
const explain = async (pool: Pool, statement: string): Promise<Plan[]> => {
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${statement}`);
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan);
};

it.each(['force_custom_plan', 'force_generic_plan'])('reads no more of a deep backlog than a batch (%s)', async (mode) => {
  const limit = 100;
  await flood(market.bidderIds[0], 30_000);
  for (const bidder of market.bidderIds.slice(1)) await flood(bidder, 500);
  await database.pool.query('VACUUM ANALYZE');
  const pool = createPool(database.url, { max: 1 }); // prepared statements are its connection's
  try {
    await pool.query(`SET plan_cache_mode = ${mode}`);
    const { markets } = await createDecidingStore(pool).leaseAndRead([market.marketId], LIMITS, limit);
    expect('bids' in markets[0] && markets[0].bids).toHaveLength(98); // 14 of each
    const id = market.marketId;
    const opening = await explain(pool, `"open-markets"(ARRAY[${id}]::bigint[], 'one', 20000, ${limit})`);
    const nodes = [...opening, ...(await explain(pool, `"read-shares"(ARRAY[${id}]::bigint[], ${limit})`))];
    expect(
      nodes.filter((node) => node['Node Type'] === 'Seq Scan' && ['undecided_bid', 'bid'].includes(node['Relation Name'] ?? '')),
    ).toEqual([]);
    const read = nodes
      .filter((node) => node['Relation Name'] === 'undecided_bid')
      .reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0);
    expect(read).toBeLessThan(4 * limit);
  } finally {
    await pool.end();
  }
});
