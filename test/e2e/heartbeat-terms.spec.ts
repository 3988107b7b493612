import { setTimeout as sleep } from 'node:timers/promises';
import { expectWhole } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Json } from '../support/api-client.js';
import { setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: the application over HTTP, Postgres, the worker, time.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const SLOW = { everyMs: 200, maxMs: 40_000 };

it('heartbeats are counted by the terms of their market', async () => {
  const scene = await setScene(api.client, api.adminKey, {
    name: 'beats',
    sites: 1,
    market: { heartbeats: { everySeconds: 60, missedMax: 4 } },
  });
  const [key, path] = [scene.operatorKey, `/v1/markets/${scene.marketId}`];
  const { body: agent } = await api.client.post(`/v1/organisations/${scene.operatorId}/keys`, {
    key,
    body: { role: 'agent', siteId: scene.siteIds[0] },
  });
  const beat = async (): Promise<Json> => {
    const body = { at: new Date().toISOString() };
    return (await api.client.post(`/v1/sites/${scene.siteIds[0]}/heartbeat`, { key: agent.key, body })).body;
  };
  const windows = async (): Promise<Json[]> => (await api.client.get(`${path}/windows`, { key })).body.items;
  expect(await beat()).toMatchObject({ everySeconds: 60, missedMax: 4, streak: 1 });
  for (const heartbeats of [{ everySeconds: 0, missedMax: 3 }, { everySeconds: 1 }, { everySeconds: 1, missedMax: 101 }, 30])
    expect((await api.client.patch(path, { key, body: { heartbeats } })).status).toBe(422);
  const heartbeats = { everySeconds: 1, missedMax: 2 };
  expect((await api.client.patch(path, { key, body: { heartbeats } })).body).toMatchObject({ heartbeats });
  expect((await api.client.get(path, { key })).body).toMatchObject({ heartbeats });
  const { rows } = await api.pool.query<{ kind: string }>(
    `SELECT kind FROM event WHERE market_id = ${scene.marketId} ORDER BY sequence DESC LIMIT 1`,
  );
  expect(rows).toEqual([{ kind: 'terms_changed' }]);
  await until(async () => (await windows()).some(({ cause, state }) => cause === 'site_down' && state === 'active'), SLOW);
  const isOver = async (): Promise<boolean> => {
    await sleep(800);
    await beat();
    return (await windows())[0]?.state === 'over';
  };
  await until(isOver, SLOW);
  await expectWhole(api.pool, scene.marketId);
}, 120_000);
