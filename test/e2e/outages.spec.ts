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

const scenes = (name: string, sites: number): Promise<Scene> => setScene(api.client, api.adminKey, { name, sites, market: DEAR });
const job = (scene: Scene, fields: object = {}) =>
  jobBody(scene.siteIds, { chunks: { [scene.siteIds[0] ?? '']: 4 }, epochs: 24, ...fields });
const allocation = async (scene: Scene, bidId: string) =>
  (await api.client.get(`/v1/allocations/${bidId}`, { key: scene.operatorKey })).body;
const windows = (scene: Scene) => `/v1/markets/${scene.marketId}/windows`;
const open = (scene: Scene, body: object, key = scene.operatorKey): Promise<Answer> => api.client.post(windows(scene), { key, body });
const move = (scene: Scene, slot: number) =>
  api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot } });
const settled = async (scene: Scene) => {
  const last = async () => (await api.client.get(windows(scene), { key: scene.bidders[0]?.key })).body.items.at(-1);
  await until(async () => (await last()).settled, { everyMs: 50, maxMs: 20_000 });
  return last();
};
const slotsOf = (life: { slots: readonly { slot: number; revision: number; state: string }[] }): string[] =>
  life.slots.map(({ slot, revision, state }) => `${revision}: ${slot} ${state}`);
const walletOf = async (scene: Scene, bidder = 0) => {
  const own = scene.bidders[bidder];
  const { body } = await api.client.get('/v1/accounts', { key: own?.key });
  return Number(body.items[0].balance.available);
};

const verify = (scene: Scene): Promise<void> => expectWhole(api.pool, scene.marketId);

describe('an outage of a site', () => {
  it('moves elsewhere what has not run, and what it costs does not rise', async () => {
    const scene = await scenes('moved', 2);
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'moved', body: job(scene) });
    await move(scene, 1);
    const wallet = await walletOf(scene);
    expect(await open(scene, { kind: 'outage', scope: 'site', siteId: scene.siteIds[0] })).toMatchObject({
      status: 201,
      body: { state: 'active', cause: 'site_down', from: 1, to: null, settled: false },
    });
    const window = await settled(scene);
    expect(window.hits).toEqual({ repaired: 1, left: 0, failed: 0 });
    const life = await allocation(scene, bid.id);
    expect([life.state, life.revision]).toEqual(['running', 1]);
    expect(slotsOf(life).filter((slot) => slot.includes('delivered'))).toEqual(['0: 0 delivered']);
    expect(slotsOf(life).filter((slot) => slot.startsWith('1:'))).toHaveLength(3);
    expect(life.schedule.flatMap(({ workers }: { workers: object }) => Object.keys(workers))).toEqual(
      [1, 2, 3].map(() => scene.siteIds[1]),
    );
    expect(await walletOf(scene)).toBeCloseTo(wallet + Number(life.returned), 6);
    await move(scene, 30);
    expect((await allocation(scene, bid.id)).state).toBe('completed');
    await verify(scene);
  }, 60_000);

  it('gives all back where nothing else is found, what has run too', async () => {
    const scene = await scenes('failed', 1);
    const before = await walletOf(scene);
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'failed', body: job(scene) });
    await move(scene, 2);
    await open(scene, { kind: 'outage', scope: 'site', siteId: scene.siteIds[0] });
    expect((await settled(scene)).hits).toEqual({ repaired: 0, left: 0, failed: 1 });
    const life = await allocation(scene, bid.id);
    expect([life.state, slotsOf(life), life.returned]).toEqual([
      'failed',
      ['0: 0 delivered', '0: 1 delivered', '0: 2 void', '0: 3 void'],
      bid.decision.payment,
    ]);
    expect(life.returns).toMatchObject([{ cause: 'site_down', amount: bid.decision.payment }]);
    expect(await walletOf(scene)).toBe(before);
    await move(scene, 30);
    expect((await allocation(scene, bid.id)).state).toBe('failed');
    await verify(scene);
  }, 60_000);

  it('comes again to a site that was on sale again, in slots of which more was sold than was left too', async () => {
    const scene = await scenes('again', 1);
    await decidedBid(api.client, scene, { idempotencyKey: 'first', body: job(scene) });
    const site = { kind: 'outage', scope: 'site', siteId: scene.siteIds[0] };
    const { body } = await open(scene, site);
    await settled(scene);
    expect((await api.client.delete(`${windows(scene)}/${body.id}`, { key: scene.operatorKey })).status).toBe(204);
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'second', body: job(scene) });
    expect(bid).toMatchObject({ status: 'accepted', decision: { completion: 7 } }); // the first four slots are owed
    expect((await open(scene, site)).status).toBe(201);
    expect((await settled(scene)).hits).toEqual({ repaired: 0, left: 0, failed: 1 });
    expect((await allocation(scene, bid.id)).state).toBe('failed');
    await verify(scene);
  }, 60_000);

  it('makes late who has to wait for its end, or has them leave where they said so', async () => {
    const scene = await scenes('late', 1);
    const wallets = [await walletOf(scene, 0), await walletOf(scene, 1)];
    const stays = await decidedBid(api.client, scene, { idempotencyKey: 'stays', body: job(scene) });
    const leaves = await decidedBid(api.client, scene, { idempotencyKey: 'leaves', bidder: 1, body: job(scene, { onFailure: 'refund' }) });
    await open(scene, { kind: 'outage', scope: 'site', siteId: scene.siteIds[0], to: 10 });
    expect((await settled(scene)).hits).toEqual({ repaired: 1, left: 1, failed: 0 });
    const late = await allocation(scene, stays.id);
    expect(slotsOf(late).filter((slot) => slot.startsWith('1:'))).toEqual([
      '1: 10 planned',
      '1: 11 planned',
      '1: 12 planned',
      '1: 13 planned',
    ]);
    expect(Number(late.returned)).toBeLessThanOrEqual(Number(stays.decision.payment));
    expect(await walletOf(scene, 0)).toBeCloseTo((wallets[0] ?? 0) - Number(stays.decision.payment) + Number(late.returned), 6);
    expect((await allocation(scene, leaves.id)).state).toBe('cancelled');
    expect(await walletOf(scene, 1)).toBe(wallets[1]);
    await verify(scene);
  }, 60_000);

  it('hits those who were decided last, and only as many as it must', async () => {
    const scene = await scenes('last', 1);
    const one = jobBody(scene.siteIds, {
      chunks: { [scene.siteIds[0] ?? '']: 1 },
      epochs: 24,
      worker: { cpu: 4 },
      ps: { memoryGB: 1 },
      valuation: { kind: 'deadline', value: 1000, deadline: 0 },
    });
    const ids: string[] = [];
    for (const key of ['a', 'b', 'c']) ids.push((await decidedBid(api.client, scene, { idempotencyKey: key, body: one })).id);
    const states = async () => Promise.all(ids.map(async (id) => slotsOf(await allocation(scene, id)).at(-1)));
    expect(await states()).toEqual(['0: 0 planned', '0: 0 planned', '0: 0 planned']);
    await open(scene, { kind: 'outage', scope: 'site', siteId: scene.siteIds[0], amounts: { cpu: 4 }, to: 1 });
    await settled(scene);
    expect(await states()).toEqual(['0: 0 planned', '0: 0 planned', '1: 1 planned']);
    await verify(scene);
  }, 60_000);
});

describe('what is withdrawn', () => {
  it('is sold to nobody, and after its end again, but for what was taken from those who had it', async () => {
    const scene = await scenes('withdrawn', 1);
    await decidedBid(api.client, scene, { idempotencyKey: 'had', body: job(scene) });
    const { body: window } = await open(scene, { kind: 'outage', scope: 'site', siteId: scene.siteIds[0] });
    await settled(scene);
    const during = await decidedBid(api.client, scene, { idempotencyKey: 'during', body: job(scene) });
    expect([during.status, during.decision.reason.code]).toEqual(['refused', 'no_feasible_schedule']);
    const close = () => api.client.delete(`${windows(scene)}/${window.id}`, { key: scene.operatorKey });
    expect((await close()).status).toBe(204);
    expect(await close()).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:window_over' } });
    const after = await decidedBid(api.client, scene, { idempotencyKey: 'after', body: job(scene) });
    expect(slotsOf(await allocation(scene, after.id))).toEqual(['0: 4 planned', '0: 5 planned', '0: 6 planned', '0: 7 planned']);
    await verify(scene);
  }, 60_000);

  it('is refused where it makes no sense, with what to do', async () => {
    const scene = await scenes('nonsense', 1);
    await move(scene, 5);
    const site = { kind: 'outage', scope: 'site', siteId: scene.siteIds[0] };
    const faults: readonly (readonly [object, string])[] = [
      [{ ...site, from: 4 }, '$.from'],
      [{ ...site, kind: 'maintenance' }, '$.from'],
      [{ ...site, to: 5 }, '$.to'],
      [{ ...site, siteId: '999999' }, '$.siteId'],
      [{ kind: 'outage', scope: 'site' }, '$.siteId'],
      [{ ...site, scope: 'bandwidth' }, '$.siteId'],
      [{ ...site, amounts: { tpu: 1 } }, '$.amounts.tpu'],
      [{ ...site, cause: 'maintenance' }, '$.cause'],
      [{ kind: 'outage', scope: 'market', amounts: { gpu: 1 } }, '$.amounts'],
    ];
    for (const [body, path] of faults)
      expect([body, await open(scene, body)]).toMatchObject([body, { status: 422, body: { errors: [{ path }] } }]);
    expect((await open(scene, site, scene.bidders[0]?.key)).status).toBe(403);
    expect((await open(scene, site, api.adminKey)).status).toBe(404);
    expect((await api.client.get(windows(scene), { key: scene.operatorKey })).body.items).toEqual([]);
    expect((await open(scene, { ...site, from: 8, to: 12 })).status).toBe(201);
    await settled(scene);
    expect(await open(scene, { ...site, from: 11 })).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:window_overlaps' } });
    expect(await open(scene, { kind: 'maintenance', scope: 'market', from: 12, to: 13 })).toMatchObject({
      status: 201,
      body: { state: 'planned' },
    });
    await verify(scene);
  }, 60_000);
});

describe('the strip of incidents', () => {
  it('tells day by day what failed of a site, whom that hit and what came back, and not what was announced', async () => {
    const scene = await scenes('strip', 2);
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'hit', body: job(scene) });
    const [first, second] = scene.siteIds;
    await move(scene, 1);
    const { body: window } = await open(scene, { kind: 'outage', scope: 'site', siteId: first, to: 40 });
    await settled(scene);
    await open(scene, { kind: 'maintenance', scope: 'site', siteId: second, from: 2, to: 3 });
    await settled(scene);
    for (const slot of [40, 80, 120]) await move(scene, slot); // 80 slots of 20 minutes later than its end
    const path = `/v1/markets/${scene.marketId}/incidents`;
    const { body } = await api.client.get(path, { key: scene.bidders[0]?.key });
    expect([body.slot, body.sites.map(({ siteId }: Json) => siteId)]).toEqual([120, scene.siteIds]);
    const [failed, other] = body.sites;
    expect(failed.days).toHaveLength(7);
    expect(failed.days.reduce((sum: number, { slots }: Json) => sum + slots, 0)).toBe(39);
    expect(failed.days.filter(({ slots }: Json) => slots > 0).every(({ outages }: Json) => outages.join() === window.id)).toBe(true);
    const { returned } = await allocation(scene, bid.id);
    expect(failed.outages).toMatchObject([{ id: window.id, cause: 'site_down', hits: { repaired: 1 }, returned }]);
    expect([other.outages, other.days.every(({ slots }: Json) => slots === 0)]).toEqual([[], true]);
    for (let slot = 160; slot <= 640; slot += 40) await move(scene, slot); // more than a week after it
    expect((await api.client.get(path, { key: scene.operatorKey })).body.sites[0].outages).toEqual([]);
    expect((await api.client.get(path, { key: api.adminKey })).status).toBe(404);
  }, 60_000);
});

describe('a preview', () => {
  const preview = (scene: Scene, body: object, key = scene.operatorKey): Promise<Answer> =>
    api.client.post(`${windows(scene)}/preview`, { key, body });
  const openAs = (scene: Scene, body: object, digest: string): Promise<Answer> =>
    api.client.post(windows(scene), { key: scene.operatorKey, body, headers: { 'if-match': digest } });
  const list = async (scene: Scene): Promise<Json[]> => (await api.client.get(windows(scene), { key: scene.operatorKey })).body.items;
  const bought = (scene: Scene, idempotencyKey: string, fields: object = {}): Promise<Json> =>
    decidedBid(api.client, scene, { idempotencyKey, body: job(scene, fields) });

  it('tells of a window what it then does, to the slot and the micro-credit', async () => {
    const scene = await scenes('preview', 2);
    for (const name of ['a', 'b', 'c']) await bought(scene, name);
    await bought(scene, 'leaves', { onFailure: 'refund', valuation: { kind: 'deadline', value: 1000, deadline: 20 } });
    const body = { kind: 'outage', scope: 'market', to: 13 };
    const { status, body: told } = await preview(scene, body);
    expect([status, told.hits.length, await list(scene)]).toEqual([200, 4, []]);
    expect(told.hits.map(({ outcome }: Json) => outcome)).toEqual(['repaired', 'repaired', 'repaired', 'left']);
    expect((await openAs(scene, body, told.digest)).status).toBe(201);
    const window = await settled(scene);
    expect(window.returned).toBe(told.returned);
    for (const { bidId, outcome, completion, returned } of told.hits) {
      const { state, returned: back, slots } = await allocation(scene, bidId);
      expect([back, state]).toEqual([returned, { repaired: 'scheduled', left: 'cancelled', failed: 'failed' }[outcome as 'left']]);
      if (completion !== null) expect(slots.at(-1).slot).toBe(completion);
    }
  }, 60_000);

  it('opens no window that would do something else than its preview said, and answers with the new one', async () => {
    const scene = await scenes('stale', 2);
    await bought(scene, 'first');
    const body = { kind: 'maintenance', scope: 'site', siteId: scene.siteIds[0], from: 1, to: 9, note: 'fans' };
    const { body: told } = await preview(scene, body);
    await bought(scene, 'second');
    const stale = await openAs(scene, body, told.digest);
    expect(stale).toMatchObject({ status: 412, body: { type: 'urn:eris:problem:preview_outdated', preview: { slot: 0 } } });
    expect(stale.body.preview.hits.length).toBeGreaterThan(told.hits.length);
    expect((await openAs(scene, { ...body, to: 8 }, stale.body.preview.digest)).status).toBe(412);
    expect(await openAs(scene, body, 'nonsense')).toMatchObject({ status: 400, body: { type: 'urn:eris:problem:invalid_header' } });
    expect(await list(scene)).toEqual([]);
    expect(await preview(scene, { ...body, from: 0 })).toMatchObject({ status: 422, body: { errors: [{ path: '$.from' }] } });
    expect((await preview(scene, body, scene.bidders[0]?.key)).status).toBe(403);
    expect((await preview(scene, body, api.adminKey)).status).toBe(404);
    expect((await openAs(scene, body, stale.body.preview.digest)).status).toBe(201);
  }, 60_000);
});

describe('the agent of a site', () => {
  const agentOf = async (scene: Scene, site: number): Promise<string> => {
    const body = { role: 'agent', siteId: scene.siteIds[site] };
    return (await api.client.post(`/v1/organisations/${scene.operatorId}/keys`, { key: scene.operatorKey, body })).body.key;
  };
  const beat = (scene: Scene, key: string, site = 0, aheadMs = 0): Promise<Answer> =>
    api.client.post(`/v1/sites/${scene.siteIds[site]}/heartbeat`, { key, body: { at: new Date(Date.now() + aheadMs).toISOString() } });
  const problem = (code: string) => ({ type: `urn:eris:problem:${code}`, remedy: expect.any(String) });

  it('is heard for its own site, by a clock that is right', async () => {
    const scene = await scenes('agents', 2);
    const key = await agentOf(scene, 0);
    expect(await beat(scene, key)).toMatchObject({
      status: 200,
      body: { siteId: scene.siteIds[0], everySeconds: 30, missedMax: 3, streak: 1 },
    });
    expect(await beat(scene, key)).toMatchObject({ status: 200, body: { streak: 1 } });
    expect(await beat(scene, key, 1)).toMatchObject({ status: 403, body: problem('site_not_allowed') });
    expect(await beat(scene, key, 0, 3_600_000)).toMatchObject({
      status: 422,
      body: { ...problem('clock_off'), detail: "It is 3600 s ahead of the server's." },
    });
    expect((await beat(scene, scene.operatorKey)).status).toBe(403);
    expect((await api.client.get(windows(scene), { key })).status).toBe(403);
    const keys = `/v1/organisations/${scene.operatorId}/keys`;
    for (const body of [{ role: 'agent' }, { role: 'agent', siteId: '999999' }, { role: 'bidder', siteId: scene.siteIds[0] }])
      expect(await api.client.post(keys, { key: scene.operatorKey, body })).toMatchObject({
        status: 422,
        body: { errors: [{ path: '$.siteId' }] },
      });
  }, 60_000);
});
