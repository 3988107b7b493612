import { verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { createAuditSource } from '#persistence';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

// Real: Postgres, the API, a worker. Three sites of 1 GPU, 12 CPU and 16 GB.
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, {
    name: 'flat',
    market: { prices: { kind: 'flat', level: '300', levels: { cpu: '36.000001' } } },
  });
}, 60_000);
afterAll(() => api.close());

/** A job that is worth whatever it costs here. */
const dear = (): object => jobBody(scene.siteIds, { valuation: { kind: 'deadline', value: 1_000_000, deadline: 49 } });
const path = (own = scene): string => `/v1/markets/${own.marketId}`;

describe('a market with flat prices', () => {
  it('is shown with its rule', async () => {
    const { body } = await api.client.get(path(), { key: scene.bidders[0].key });
    expect(body).toMatchObject({
      policy: 'eris',
      oracle: 'default/4',
      prices: { kind: 'flat', level: '300', levels: { cpu: '36.000001' } },
    });
  });

  const posted = { gpu: '100', cpu: '1', memoryGB: '6.25' };
  const prices = async (): Promise<object[]> =>
    (await api.client.get(`${path()}/prices?from=0&to=1`, { key: scene.bidders[0].key })).body.slots;
  const slotOf = (slot: number) => ({
    slot,
    bandwidth: '0.014648', // 300 credits over 20,480 MB
    sites: Object.fromEntries(scene.siteIds.map((id) => [id, posted])),
  });

  it('posts the level by share, however much is sold; a quote and a bid pay it', async () => {
    expect(await prices()).toEqual([slotOf(0), slotOf(1)]);
    const body = dear();
    const quoted = await api.client.post(`${path()}/quotes`, { key: scene.bidders[0].key, body });
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'first', body });
    expect(bid).toMatchObject({
      status: 'accepted',
      decision: { payment: quoted.body.best.price, completion: quoted.body.best.completion },
    });
    const allocation = await api.client.get(`/v1/allocations/${bid.id}`, { key: scene.bidders[0].key });
    for (const { resource, unitPrice } of allocation.body.lines)
      expect(unitPrice).toBe(resource === 'bandwidth' ? '0.014648' : posted[resource as keyof typeof posted]);
    expect(await prices()).toEqual([slotOf(0), slotOf(1)]);
  });

  it('becomes cheaper as sites are added', async () => {
    await api.client.post(`${path()}/sites`, { key: scene.operatorKey, body: { name: 'more', capacity: { gpu: 3 } } });
    expect(await prices()).toMatchObject([
      { slot: 0, sites: { [scene.siteIds[0]]: { gpu: '50', cpu: '1', memoryGB: '6.25' } } },
      { slot: 1 },
    ]);
    expect((await decidedBid(api.client, scene, { idempotencyKey: 'second', body: dear() })).status).toBe('accepted');
  });

  it('is verified', async () => {
    const outcome = await verifyMarket(createAuditSource(api.pool), BigInt(scene.marketId), { kinds: standardKinds() });
    expect(outcome).toMatchObject({ kind: 'verified', verification: { findings: [], accepted: 2 } });
  });
});

describe('rules of prices', () => {
  it('are learnt where a market names none', async () => {
    const { prices: _, ...body } = marketBody({ name: 'says nothing of prices' });
    const made = await api.client.post('/v1/markets', { key: scene.operatorKey, body });
    expect(made).toMatchObject({
      status: 201,
      body: { prices: { kind: 'learning', level: '0', learns: true, floor: '0', opening: true } },
    });
  });

  const gamma = { bandwidth: 2, gpu: 2, cpu: 2, memoryGB: 2 };
  it.each<[string, object, string]>([
    ['another rule', { kind: 'steep', level: '3' }, '$.prices.kind'],
    ['no level', { kind: 'flat' }, '$.prices.level'],
    ['a level as a number', { kind: 'flat', level: 3 }, '$.prices.level'],
    ['a level below zero', { kind: 'flat', level: '-3' }, '$.prices.level'],
    ['a level of what it does not sell', { kind: 'flat', level: '3', levels: { disk: '4' } }, '$.prices.levels.disk'],
    ['what belongs to another rule', { kind: 'flat', level: '3', gamma }, '$.prices.gamma'],
    ['a level beside gammas', { kind: 'paper', gamma, unit: '1', reserve: '0', level: '3' }, '$.prices.level'],
    ['a ceiling below the floor', { kind: 'learning', floor: '3', ceiling: '2' }, '$.prices.ceiling'],
    ['a level above the ceiling', { kind: 'learning', level: '3', ceiling: '2' }, '$.prices.level'],
    ['a level that is learnt of what it does not sell', { kind: 'learning', levels: { disk: '4' } }, '$.prices.levels'],
    ['a share cap of nothing', { kind: 'learning', shareCap: 0 }, '$.prices.shareCap'],
    ['a share cap beyond all', { kind: 'learning', shareCap: 101 }, '$.prices.shareCap'],
    ['learning that is neither on nor off', { kind: 'learning', learns: 'yes' }, '$.prices.learns'],
    ['gammas missing', { kind: 'paper', gamma: { bandwidth: 2 }, unit: '1', reserve: '0' }, '$.prices.gamma.gpu'],
  ])('are refused with the place: %s', async (_name, prices, place) => {
    const answer = await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name: 'bad', prices }) });
    expect(answer).toMatchObject({ status: 422, body: { type: 'urn:eris:problem:invalid_body' } });
    expect((answer.body.errors as { path: string }[]).map((fault) => fault.path)).toContain(place);
  });

  it('are the same with and without the kind paper', async () => {
    const rule = { gamma, unit: '1', reserve: '0.5' };
    for (const [name, prices] of [
      ['tagged', { kind: 'paper', ...rule }],
      ['plain', rule],
    ] as const) {
      const made = await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name, prices }) });
      expect(made).toMatchObject({ status: 201, body: { prices: { kind: 'paper', ...rule } } });
    }
  });

  it('may cost nothing, or very much', async () => {
    for (const level of ['0', '999999999.999999']) {
      const own = await setScene(api.client, api.adminKey, { name: `level ${level}`, market: { prices: { kind: 'flat', level } } });
      const { body } = await api.client.get(`${path(own)}/prices?to=0`, { key: own.bidders[0].key });
      expect(body.slots[0].sites[own.siteIds[0]].gpu).toBe(level === '0' ? '0' : '333333333.333333');
      const bid = await decidedBid(api.client, own, { idempotencyKey: `at-${level}` });
      expect(bid.status).toBe(level === '0' ? 'accepted' : 'refused');
    }
  });
});

describe('the prices of a market', () => {
  const change = (body: object) => api.client.patch(path(), { key: scene.operatorKey, body });
  const LEVEL_MAX = '999999999.999999';

  const tick = async (): Promise<void> => {
    const { slot } = (await api.client.get(path(), { key: scene.operatorKey })).body;
    expect((await api.client.post(`${path()}/clock`, { key: scene.operatorKey, body: { slot: Number(slot) + 1 } })).status).toBe(200);
  };

  it('come as the clock moves where bids were decided in the slot: told as the next ones, and taken back by the present ones', async () => {
    const { prices, nextPrices } = (await api.client.get(path(), { key: scene.operatorKey })).body;
    expect(nextPrices).toBeNull();
    const later = await change({ prices: { kind: 'flat', level: '44' } });
    expect(later).toMatchObject({ status: 200, body: { prices, nextPrices: { kind: 'flat', level: '44', levels: {} } } });
    expect((await change({ prices })).body).toMatchObject({ prices, nextPrices: null });
    await change({ prices: { kind: 'flat', level: '45' } });
    await tick();
    expect((await api.client.get(path(), { key: scene.operatorKey })).body).toMatchObject({ prices: { level: '45' }, nextPrices: null });
  });

  it('are changed in mid-life: told in its log, and decisions before stay as they are', async () => {
    const { sequence } = (await api.client.get(path(), { key: scene.operatorKey })).body;
    const learning = { kind: 'learning', level: '200', learns: true, floor: '0', ceiling: LEVEL_MAX, opening: false, shareCap: 100 };
    const changed = await change({ prices: { kind: 'learning', level: '200' } });
    expect(changed).toMatchObject({ status: 200, body: { prices: learning, sequence: `${Number(sequence) + 1}` } });
    expect((await change({ prices: { kind: 'learning', level: '200' } })).body.sequence).toBe(changed.body.sequence);
    expect((await change({ prices: { kind: 'learning', learns: false, ceiling: '150', shareCap: 40 } })).body.prices).toEqual({
      ...learning,
      level: '150',
      learns: false,
      ceiling: '150',
      shareCap: 40,
    });
    const { body } = await api.client.get(`${path()}/prices`, { key: scene.bidders[0].key });
    expect(body.slots[0].sites[scene.siteIds[0]].gpu).toBe('25');
    expect((await decidedBid(api.client, scene, { idempotencyKey: 'third', body: dear() })).status).toBe('accepted');
    const outcome = await verifyMarket(createAuditSource(api.pool), BigInt(scene.marketId), { kinds: standardKinds() });
    expect(outcome).toMatchObject({ kind: 'verified', verification: { findings: [], accepted: 3 } });
  });

  it('are not changed to ones that the market cannot have', async () => {
    const bad = await change({ prices: { kind: 'flat', level: '1', levels: { disk: '3' } } });
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: '$.prices.levels.disk' }] } });
    expect((await change({ prices: { kind: 'paper', gamma: { gpu: 2 }, unit: '1', reserve: '0' } })).status).toBe(422);
    const crossed = await change({ prices: { kind: 'learning', floor: '160', ceiling: '150' } });
    expect(crossed).toMatchObject({ status: 422, body: { errors: [{ path: '$.prices.ceiling' }] } });
  });
});

describe('the oracle of a market', () => {
  const change = (body: object) => api.client.patch(path(), { key: scene.operatorKey, body });

  it('is moved to a version that there is, and only to such a one', async () => {
    expect(await change({ oracle: 'default/4', status: 'open' })).toMatchObject({ status: 200, body: { oracle: 'default/4' } });
    const { sequence } = (await change({ oracle: 'default/3' })).body;
    expect(await change({ oracle: 'default/3', status: 'open' })).toMatchObject({ status: 200, body: { oracle: 'default/3', sequence } });
    expect(await change({ oracle: 'default/99' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.oracle', message: 'must be one of default/3, default/4' }] },
    });
    for (const body of [{}, { oracle: 3 }, { oracle: 'best' }, { oracle: 'toString/1' }]) expect((await change(body)).status).toBe(422);
  });
});
