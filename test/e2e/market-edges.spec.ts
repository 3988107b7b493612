import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'edges', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const move = (own: Scene, body: object) => api.client.post(`/v1/markets/${own.marketId}/clock`, { key: own.operatorKey, body });
const change = (own: Scene, status: string) => api.client.patch(`/v1/markets/${own.marketId}`, { key: own.operatorKey, body: { status } });

describe('a clock', () => {
  it('asks before it moves past everything on sale, and leaves things as they are', async () => {
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'kept' });
    const answer = await move(scene, { slot: 1_764_325_804 });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        type: 'urn:eris:problem:clock_leap',
        detail: expect.stringContaining('50 are on sale'),
        remedy: expect.stringContaining('confirm'),
      },
    });
    const { rows } = await api.pool.query(`SELECT FROM transfer WHERE kind IN ('capture', 'retain') AND bid_id = $1`, [bid.id]);
    expect(rows).toEqual([]);
    expect(await move(scene, { slot: 50 })).toMatchObject({ status: 200, body: { slot: 50 } });
    expect(await move(scene, { slot: 101, confirm: true })).toMatchObject({ status: 200, body: { slot: 101 } });
  });

  it('does not go where what is sold could never run', async () => {
    for (const slot of [2_000_000_000, 1_999_999_951]) {
      expect(await move(scene, { slot, confirm: true })).toMatchObject({
        status: 422,
        body: { errors: [{ path: '$.slot', message: expect.stringContaining('at most 1999999950') }] },
      });
    }
    expect(await move(scene, { slot: 2_000_000_001, confirm: true })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.slot', message: 'must be at most 2000000000' }] },
    });
  });

  it('says at once that a paused market with a backlog has to be resumed', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'paused clock', sites: 1 });
    await api.pool.query(
      `INSERT INTO market_lease (market_id, epoch, owner, until) VALUES ($1, 1000000, 'nobody', now() + interval '1 hour')
      ON CONFLICT (market_id) DO UPDATE SET owner = excluded.owner, until = excluded.until`,
      [own.marketId],
    );
    await api.client.post(`/v1/markets/${own.marketId}/bids`, {
      key: own.bidders[0].key,
      body: jobBody(own.siteIds),
      headers: { 'idempotency-key': 'waits' },
    });
    await change(own, 'paused');
    const beganMs = performance.now();
    expect(await move(own, { slot: 1 })).toMatchObject({
      status: 409,
      body: {
        type: 'urn:eris:problem:market_paused',
        detail: expect.stringContaining('1 bid that is not decided'),
        remedy: expect.stringContaining('Resume'),
      },
    });
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    await change(own, 'open');
    await api.pool.query(`UPDATE market_lease SET until = now() WHERE market_id = $1`, [own.marketId]);
    expect(await move(own, { slot: 1 })).toMatchObject({ status: 200, body: { slot: 1 } });
  });
});

describe('a market that could never sell', () => {
  const open = (fields: object) => api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody(fields) });

  it('is not opened', async () => {
    expect(await open({ name: 'never', clock: 'realtime', horizonSlots: 1 })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.horizonSlots', message: expect.stringMatching(/^must be at least 2 where clock is realtime/) }] },
    });
  });

  it('is told from one that sells a single slot by hand, or two by the time of day', async () => {
    expect((await open({ name: 'one by hand', horizonSlots: 1 })).status).toBe(201);
    const own = await setScene(api.client, api.adminKey, { name: 'two', sites: 1, market: { clock: 'realtime', horizonSlots: 2 } });
    const job = jobBody(own.siteIds, {
      chunks: { [own.siteIds[0]]: 1 },
      epochs: 1,
      valuation: { kind: 'deadline', value: 1000, deadline: 1 },
    });
    expect(await decidedBid(api.client, own, { idempotencyKey: 'sold', body: job })).toMatchObject({ status: 'accepted', arrivalSlot: 1 });
  });
});

it('says that a product is too large where it is the product', async () => {
  const body = jobBody(scene.siteIds, { valuation: { kind: 'sigmoid', scale: 3000, tau: 5_000_000, width: 3 } });
  const answer = await api.client.post(`/v1/markets/${scene.marketId}/quotes`, { key: scene.bidders[0].key, body });
  const rest = 'must be at most 1000000000: 3000 times 5000000 is 15000000000';
  expect(answer).toMatchObject({
    status: 422,
    body: {
      detail: `$.valuation.scale times tau ${rest}; 1 more in errors`,
      errors: [
        { path: '$.valuation.scale', message: `times tau ${rest}` },
        { path: '$.valuation.tau', message: `times scale ${rest}` },
      ],
    },
  });
});
