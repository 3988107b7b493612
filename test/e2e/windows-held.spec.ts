import { startTestApi, type TestApi } from '../support/api.js';
import type { Answer } from '../support/api-client.js';
import { type Scene, setScene } from '../support/scenes.js';

// Real: the application over HTTP, Postgres. No worker: what windows hit is never dealt with.
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  scene = await setScene(api.client, api.adminKey, { name: 'held', sites: 2 });
  const body = { kind: 'outage', scope: 'site', siteId: scene.siteIds[0] };
  expect(await api.client.post(`/v1/markets/${scene.marketId}/windows`, { key: scene.operatorKey, body })).toMatchObject({ status: 201 });
}, 60_000);
afterAll(() => api.close());

const market = (): string => `/v1/markets/${scene.marketId}`;
const asOperator = (body: object) => ({ key: scene.operatorKey, body });
const UNDER_WAY = { status: 409, body: { type: expect.stringContaining('repairs_under_way') as string } };

describe('while those are being dealt with whom a window has hit', () => {
  it.each<[string, () => Promise<Answer>]>([
    ['another window', () => api.client.post(`${market()}/windows`, asOperator({ kind: 'outage', scope: 'bandwidth' }))],
    [
      'a preview',
      () => api.client.post(`${market()}/windows/preview`, asOperator({ kind: 'outage', scope: 'site', siteId: scene.siteIds[1] })),
    ],
    ["a site's capacity", () => api.client.patch(`${market()}/sites/${scene.siteIds[1]}`, asOperator({ capacity: { cpu: 99 } }))],
    ['another site', () => api.client.post(`${market()}/sites`, asOperator({ name: 'late', capacity: { cpu: 1 } }))],
    ['other terms', () => api.client.patch(market(), asOperator({ oracle: 'default/3' }))],
    ['the clock', () => api.client.post(`${market()}/clock`, asOperator({ slot: 1 }))],
  ])('%s has to wait', async (_, request) => {
    expect(await request()).toMatchObject(UNDER_WAY);
  });

  it('the end of the window has to wait too, and pausing the market has not', async () => {
    const { items } = (await api.client.get(`${market()}/windows`, { key: scene.operatorKey })).body;
    expect(await api.client.delete(`${market()}/windows/${items[0].id}`, { key: scene.operatorKey })).toMatchObject(UNDER_WAY);
    expect(await api.client.patch(market(), asOperator({ status: 'paused' }))).toMatchObject({ status: 200, body: { status: 'paused' } });
  });
});
