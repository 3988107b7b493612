import { DEAR, expectWhole } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Answer, Json } from '../support/api-client.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: the application over HTTP, Postgres, the worker.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const bought = (scene: Scene, idempotencyKey: string, fields: object = {}): Promise<Json> =>
  decidedBid(api.client, scene, {
    idempotencyKey,
    body: jobBody(scene.siteIds, { chunks: { [scene.siteIds[0] ?? '']: 4 }, epochs: 24, ...fields }),
  });
const lower = (scene: Scene, capacity: object, ifMatch?: string): Promise<Answer> =>
  api.client.patch(`/v1/markets/${scene.marketId}/sites/${scene.siteIds[0]}`, {
    key: scene.operatorKey,
    body: { capacity },
    ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
  });
const windowsOf = async (scene: Scene): Promise<Json[]> =>
  (await api.client.get(`/v1/markets/${scene.marketId}/windows`, { key: scene.operatorKey })).body.items;
const life = async (scene: Scene, bidId: string): Promise<Json> =>
  (await api.client.get(`/v1/allocations/${bidId}`, { key: scene.operatorKey })).body;
const problem = (status: number, code: string) => ({ status, body: { type: `urn:eris:problem:${code}`, remedy: expect.any(String) } });

describe('a capacity that is set below what is sold', () => {
  it('is told what that would do, and does that by a window without an end', async () => {
    const scene = await setScene(api.client, api.adminKey, { name: 'lowered', sites: 1, market: DEAR });
    const first = await bought(scene, 'first', { worker: { gpu: 1, cpu: 2, memoryGB: 4 } });
    const second = await bought(scene, 'second');
    const told = await lower(scene, { gpu: 0 });
    expect(told).toMatchObject({
      ...problem(409, 'capacity_sold'),
      body: { preview: { hits: [{ bidId: first.id }, { bidId: second.id }] } },
    });
    expect(told.body.detail).toContain('gpu of site-1');
    expect([await windowsOf(scene), (await life(scene, first.id)).state]).toEqual([[], 'running']);
    const { digest, returned } = told.body.preview;
    const window = { kind: 'outage', cause: 'capacity_lost', scope: 'site', siteId: scene.siteIds[0], amounts: { gpu: 1 } };
    const preview = await api.client.post(`/v1/markets/${scene.marketId}/windows/preview`, { key: scene.operatorKey, body: window });
    expect(preview.body).toEqual(told.body.preview);
    expect(await lower(scene, { gpu: 0 }, 'nonsense')).toMatchObject({ status: 400, body: { errors: [{ path: 'If-Match' }] } });
    const stale = digest.replace(/^./, digest.startsWith('0') ? '1' : '0');
    expect(await lower(scene, { gpu: 0 }, stale)).toMatchObject({ ...problem(412, 'preview_outdated'), body: { preview: { digest } } });
    const done = await lower(scene, { gpu: 0 }, `"${digest}"`);
    expect(done).toMatchObject({ status: 200, body: { id: scene.siteIds[0], windowId: expect.any(String) } });
    await until(async () => (await windowsOf(scene))[0]?.settled, { everyMs: 50, maxMs: 20_000 });
    expect(await windowsOf(scene)).toMatchObject([
      {
        id: done.body.windowId,
        scope: 'site',
        cause: 'capacity_lost',
        amounts: { gpu: 1 },
        to: null,
        hits: { repaired: 0, failed: 2 },
        returned,
      },
    ]);
    expect((await life(scene, first.id)).state).toBe('failed');
    expect(await lower(scene, { gpu: 0 })).toMatchObject({ status: 200, body: { capacity: { gpu: 0 }, windowId: null } });
    await expectWhole(api.pool, scene.marketId);
  }, 60_000);

  it('takes from those who were decided last, as far as it must, and only where nothing else is raised', async () => {
    const scene = await setScene(api.client, api.adminKey, { name: 'lowered a little', sites: 1, market: DEAR });
    expect((await lower(scene, { gpu: 2 })).body).toMatchObject({ capacity: { gpu: 2 }, windowId: null });
    const narrow = { chunks: { [scene.siteIds[0] ?? '']: 1 }, valuation: { kind: 'deadline', value: 1000, deadline: 0 } };
    const [first, second] = [await bought(scene, 'first', narrow), await bought(scene, 'second', narrow)];
    expect(await lower(scene, { gpu: 1, cpu: 24 })).toMatchObject({ status: 422, body: { errors: [{ path: '$.capacity.cpu' }] } });
    const told = await lower(scene, { gpu: 1 });
    expect(told.body.preview.hits).toMatchObject([{ bidId: second.id, outcome: 'repaired' }]);
    expect((await lower(scene, { gpu: 1 }, '*')).status).toBe(200);
    await until(async () => (await windowsOf(scene))[0]?.settled, { everyMs: 50, maxMs: 20_000 });
    expect([(await life(scene, first.id)).revision, (await life(scene, second.id)).revision]).toEqual([0, 1]);
    expect(await lower(scene, { gpu: 0.5 }, '*')).toMatchObject(problem(409, 'window_overlaps'));
    await expectWhole(api.pool, scene.marketId);
  }, 60_000);
});
