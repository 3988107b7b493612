import { startTestApi, type TestApi } from '../support/api.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'bulk' });
}, 60_000);
afterAll(() => api.close());

const bulk = (bids: unknown) => api.client.post(`/v1/markets/${scene.marketId}/bids/bulk`, { key: scene.bidders[0].key, body: { bids } });
const item = (idempotencyKey: string, fields: object = {}) => ({ idempotencyKey, ...jobBody(scene.siteIds), ...fields });

it('stores a thousand bids, and answers the same when asked again', async () => {
  const bids = Array.from({ length: 1000 }, (_, index) => item(`many-${index}`));
  const first = await bulk(bids);
  expect(first.status).toBe(200);
  expect(new Set(first.body.results.map(({ id }: { id: string }) => id)).size).toBe(1000);
  expect((await bulk(bids)).body).toEqual(first.body);
  const { rows } = await api.pool.query('SELECT count(*)::int AS n FROM bid WHERE market_id = $1', [scene.marketId]);
  expect(rows).toEqual([{ n: 1000 }]);
}, 60_000);

it('gives each bid its own result', async () => {
  await bulk([item('taken')]);
  const { body } = await bulk([
    item('good'),
    item('bad', { epochs: -1 }),
    item('stranger', { chunks: { 999999: 1 } }),
    item('taken', { epochs: 3 }),
    7,
  ]);
  expect(body.results).toMatchObject([
    { status: 'queued' },
    {
      problem: {
        type: 'urn:eris:problem:invalid_body',
        errors: [{ path: '$.bids[1].epochs' }],
        instance: `/v1/markets/${scene.marketId}/bids/bulk#/bids/1`,
      },
    },
    { problem: { type: 'urn:eris:problem:invalid_body', errors: [{ path: '$.bids[2].chunks.999999' }] } },
    { problem: { type: 'urn:eris:problem:key_reused' } },
    { problem: { type: 'urn:eris:problem:invalid_body' } },
  ]);
});

it('shares keys with single bids', async () => {
  const single = await api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': 'both' },
  });
  expect((await bulk([item('both')])).body.results).toEqual([{ id: single.body.id, status: 'queued' }]);
});

it.each([[[]], [Array.from({ length: 1001 }, () => 1)], ['text']])('refuses a list that is empty, too long or none', async (bids) => {
  expect(await bulk(bids)).toMatchObject({ status: 422, body: { errors: [{ path: '$.bids' }] } });
});
