import { type BidSearch, KeepViews, SearchBids, type SearchBidsRequest, type Viewer } from '#market';
import { createBidSearcher, createSeriesReader, createViewStore } from '#persistence';
import { AuditedMarket } from '../support/audited-market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let market: AuditedMarket;
let operator: Viewer;
beforeAll(async () => {
  database = await createTestDatabase();
  market = await AuditedMarket.open(database);
  await market.live();
  await database.pool.query(`INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, label, body)
    SELECT market_id, organisation_id, 'waits', request_hash, 'waits', body FROM bid ORDER BY id LIMIT 1`);
  operator = { organisationId: market.seeded.operatorId, role: 'operator' };
}, 60_000);
afterAll(async () => {
  await market.close();
  await database.drop();
});

const clock = { nowMs: () => performance.now() };
const store = () => createViewStore(database.pool);
const TABLES = ['decided_bid', 'market_bucket', 'market_wait', 'view_progress'];

/** All that is kept. */
async function kept(): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const table of TABLES)
    rows.push((await database.pool.query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY to_jsonb(t)::text`)).rows);
  return rows;
}

const ALL: BidSearch = { filter: {}, sort: 'placed', descending: true, limit: 7 };

/** Ids of all bids of a search, walked page by page. */
async function walk(search: Partial<SearchBidsRequest>): Promise<bigint[]> {
  const bids = new SearchBids(createBidSearcher(database.pool));
  const ids: bigint[] = [];
  for (let after: BidSearch['after'] | null; after !== null;) {
    const page = await bids.search({ viewer: operator, marketId: market.marketId, ...ALL, ...search, after });
    if (page.kind !== 'page') throw new Error(page.kind);
    ids.push(...page.found.map(({ bid }) => bid.bidId));
    after = page.next;
  }
  return ids;
}

const idsBy = async (sql: string): Promise<bigint[]> =>
  (
    await database.pool.query<{ id: bigint }>(
      `SELECT b.id FROM bid b LEFT JOIN decision d ON d.bid_id = b.id WHERE b.market_id = $1 ${sql}`,
      [market.marketId],
    )
  ).rows.map(({ id }) => id);

const SEARCHES: readonly (readonly [string, () => Partial<SearchBidsRequest>, string])[] = [
  ['newest first', () => ({}), 'ORDER BY b.id DESC'],
  ['oldest first', () => ({ descending: false }), 'ORDER BY b.id'],
  ['as decided', () => ({ sort: 'decided', descending: false }), 'AND d.bid_id IS NOT NULL ORDER BY d.sequence'],
  ['by value', () => ({ sort: 'value' }), 'AND d.bid_id IS NOT NULL ORDER BY coalesce(d.value_micros, 0) DESC, b.id DESC'],
  ['by payment', () => ({ sort: 'payment' }), 'AND d.bid_id IS NOT NULL ORDER BY d.payment_micros DESC, b.id DESC'],
  ['accepted', () => ({ filter: { status: 'accepted' } }), `AND d.outcome = 'accepted' ORDER BY b.id DESC`],
  ['queued', () => ({ filter: { status: 'queued' } }), 'AND d.bid_id IS NULL ORDER BY b.id DESC'],
  [
    'of a reason',
    () => ({ filter: { reason: 'no_feasible_schedule' } }),
    `AND d.reason->>'code' = 'no_feasible_schedule' ORDER BY b.id DESC`,
  ],
  ['of a label', () => ({ filter: { labelPrefix: 'wai' } }), `AND b.label LIKE 'wai%' ORDER BY b.id DESC`],
  ['of no label', () => ({ filter: { labelPrefix: '%' } }), 'AND false'],
  [
    'of an organisation',
    () => ({ filter: { organisationId: market.seeded.bidderIds[1] } }),
    `AND b.organisation_id = (SELECT organisation_id FROM bid ORDER BY id OFFSET 1 LIMIT 1) ORDER BY b.id DESC`,
  ],
  [
    'of a range',
    () => ({ filter: { paymentMin: 1n, valueMax: 50_000_000n }, sort: 'value', descending: false }),
    'AND d.payment_micros >= 1 AND d.value_micros <= 50000000 ORDER BY d.value_micros, b.id',
  ],
  ['of a time', () => ({ filter: { placedBefore: new Date(0) } }), 'AND false'],
];

it.each(SEARCHES)('finds bids %s, before and after they were taken in', async (_name, search, sql) => {
  const expected = await idsBy(sql);
  await store().forget();
  expect(await walk(search())).toEqual(expected);
  await store().lagging();
  await store().takeIn(market.marketId, 13);
  expect(await walk(search())).toEqual(expected);
  await new KeepViews(store(), clock).run(10_000);
  expect(await walk(search())).toEqual(expected);
});

it('shows each bidder its own bids, and strangers none', async () => {
  const [own] = market.seeded.bidderIds;
  const viewer: Viewer = { organisationId: own, role: 'bidder' };
  expect(await walk({ viewer })).toEqual(await idsBy(`AND b.organisation_id = ${own} ORDER BY b.id DESC`));
  expect(await walk({ viewer, filter: { organisationId: market.seeded.bidderIds[1] } })).toEqual([]);
  const bids = new SearchBids(createBidSearcher(database.pool));
  const stranger: Viewer = { organisationId: 1n, role: 'operator' };
  expect(await bids.search({ ...ALL, viewer: stranger, marketId: 999n })).toEqual({ kind: 'market_unknown' });
});

it('counts them by what they have in common', async () => {
  const bids = new SearchBids(createBidSearcher(database.pool));
  const count = async (by: 'status' | 'reason' | 'organisation', limit = 50, after?: string) => {
    const page = await bids.group({ viewer: operator, marketId: market.marketId, filter: {}, by, limit, after });
    if (page.kind !== 'page') throw new Error(page.kind);
    return page;
  };
  const { rows } = await database.pool.query(`SELECT coalesce(d.outcome::text, 'queued') AS key, count(*) AS count,
    coalesce(sum(d.value_micros), 0)::bigint AS "valueMicros", coalesce(sum(d.payment_micros), 0)::bigint AS "paymentMicros"
    FROM bid b LEFT JOIN decision d ON d.bid_id = b.id GROUP BY 1 ORDER BY 1`);
  expect((await count('status')).groups).toEqual(rows);
  const reasons = (await count('reason')).groups;
  expect(reasons.reduce((sum, group) => sum + group.count, 0n)).toBe(BigInt((await walk({})).length));
  const first = await count('organisation', 1);
  const rest = await count('organisation', 50, first.nextKey ?? undefined);
  expect([...first.groups, ...rest.groups]).toEqual((await count('organisation')).groups);
});

it('takes each decision in once, by however many workers, and the same again after it was forgotten', async () => {
  await store().forget();
  await Promise.all([0, 1, 2].map(() => new KeepViews(store(), clock).run(10_000)));
  const once = await kept();
  expect((once[0] as unknown[]).length).toBe((await idsBy('AND d.bid_id IS NOT NULL')).length);
  await store().forget(market.marketId);
  await store().lagging();
  while ((await store().takeIn(market.marketId, 5)) > 0);
  expect(await kept()).toEqual(once);
});

it('tells what happened by time and by slot, and how far it was read', async () => {
  const read = createSeriesReader(database.pool);
  const to = Math.floor(Date.now() / 60_000) + 1;
  await new KeepViews(store(), clock).run(10_000);
  const byTime = await read.read(operator, market.marketId, { by: 'time', from: to - 60, to, per: 60 });
  const bySlot = await read.read(operator, market.marketId, { by: 'slot', from: 0, to: 20, per: 1 });
  if (!byTime || !bySlot) throw new Error('the market is there');
  expect([byTime.upTo, bySlot.upTo]).toEqual([byTime.head, byTime.head]);
  const { rows } = await database.pool.query<{ accepted: number; refused: number; value: bigint; payment: bigint }>(
    `SELECT count(*) FILTER (WHERE outcome = 'accepted')::int AS accepted, count(*) FILTER (WHERE outcome = 'refused')::int AS refused,
      sum(value_micros)::bigint AS value, sum(payment_micros)::bigint AS payment FROM decision`,
  );
  const [{ accepted, refused, value, payment }] = rows;
  expect(byTime.buckets).toMatchObject([{ accepted, refused, valueMicros: value, paymentMicros: payment, queued: 1 }]);
  expect(byTime.buckets[0].received).toBe(accepted + refused + 1);
  const sum = (of: 'accepted' | 'refused') => bySlot.buckets.reduce((all, bucket) => all + bucket[of], 0);
  expect([sum('accepted'), sum('refused'), bySlot.buckets.length]).toEqual([accepted, refused, 20]);
  const { wait } = byTime.buckets[0];
  if (!wait) throw new Error('bids were decided');
  expect(wait.p50Ms).toBeLessThanOrEqual(wait.p99Ms);
  expect(wait.maxMs).toBeGreaterThanOrEqual(wait.meanMs);
});
