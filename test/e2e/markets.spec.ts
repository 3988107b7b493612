import { startTestApi, type TestApi } from '../support/api.js';
import { addSite, decidedBid, jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'markets' });
}, 60_000);
afterAll(() => api.close());

const market = (): string => `/v1/markets/${scene.marketId}`;

describe('a market', () => {
  it('is shown as it was opened', async () => {
    const { body } = await api.client.get(market(), { key: scene.bidders[0].key });
    expect(body).toMatchObject({ ...marketBody({ name: 'markets' }), id: scene.marketId, status: 'open', slot: 0 });
    const all = await api.client.get('/v1/markets', { key: scene.auditorKey });
    expect(all.body.items).toEqual([body]);
  });

  it('has a name of its own', async () => {
    expect(await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name: 'markets' }) })).toMatchObject({
      status: 409,
      body: { type: 'urn:eris:problem:name_taken' },
    });
  });

  it('is paused, resumed and closed, and stays closed', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'states' });
    const change = (status: string) => api.client.patch(`/v1/markets/${own.marketId}`, { key: own.operatorKey, body: { status } });
    for (const status of ['paused', 'open', 'closed']) expect(await change(status)).toMatchObject({ status: 200, body: { status } });
    expect(await change('open')).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:market_closed' } });
  });

  it('keeps bids queued while it is paused', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'pause' });
    await api.client.patch(`/v1/markets/${own.marketId}`, { key: own.operatorKey, body: { status: 'paused' } });
    await api.client.patch(`/v1/markets/${own.marketId}`, { key: own.operatorKey, body: { status: 'open' } });
    expect((await decidedBid(api.client, own, { idempotencyKey: 'after' })).status).toBe('accepted');
  });
});

describe('sites', () => {
  it('are listed in their order', async () => {
    const { body } = await api.client.get(`${market()}/sites`, { key: scene.bidders[0].key });
    expect(body.items.map(({ id, name, ordinal }: { id: string; name: string; ordinal: number }) => [id, name, ordinal])).toEqual(
      scene.siteIds.map((id, index) => [id, `site-${index + 1}`, index]),
    );
    expect(body.items[0]).toMatchObject({ capacity: { gpu: 1, cpu: 12, memoryGB: 16 }, location: null });
  });

  it('keep where they are', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'places' });
    const made = await api.client.post(`/v1/markets/${own.marketId}/sites`, {
      key: own.operatorKey,
      body: { name: 'bern', capacity: { cpu: 2 }, location: { latitude: 46.9, longitude: 7.4 } },
    });
    expect(made.body).toMatchObject({
      ordinal: 3,
      capacity: { gpu: 0, cpu: 2, memoryGB: 0 },
      location: { latitude: 46.9, longitude: 7.4 },
    });
  });

  it('refuse resources that the market does not have', async () => {
    expect(
      await api.client.post(`${market()}/sites`, { key: scene.operatorKey, body: { name: 'odd', capacity: { tpu: 1 } } }),
    ).toMatchObject({ status: 422, body: { errors: [{ path: '$.capacity.tpu' }] } });
  });

  it('take more capacity, and no less than what is sold', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'capacity', sites: 1 });
    await decidedBid(api.client, own, { idempotencyKey: 'sold' });
    const path = `/v1/markets/${own.marketId}/sites/${own.siteIds[0]}`;
    const change = (capacity: object) => api.client.patch(path, { key: own.operatorKey, body: { capacity } });
    expect(await change({ gpu: 2, cpu: 24, memoryGB: 32 })).toMatchObject({
      status: 200,
      body: { capacity: { gpu: 2, cpu: 24, memoryGB: 32 } },
    });
    expect(await change({ gpu: 0, cpu: 0, memoryGB: 0 })).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:capacity_sold' } });
  });

  it('are bid for as soon as they are there', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'growing', sites: 1 });
    await decidedBid(api.client, own, { idempotencyKey: 'before' });
    const added = await addSite(api.client, own.operatorKey, own.marketId, 'late');
    const bid = await decidedBid(api.client, own, { idempotencyKey: 'late', body: jobBody([added]) });
    expect(bid.status).toBe('accepted');
  });
});

describe('the clock', () => {
  it('only moves forward, and captures what has run', async () => {
    const own = await setScene(api.client, api.adminKey, {
      name: 'clock',
      sites: 1,
      market: { prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '1' } },
    });
    const bid = await decidedBid(api.client, own, { idempotencyKey: 'run' });
    const move = (slot: number) => api.client.post(`/v1/markets/${own.marketId}/clock`, { key: own.operatorKey, body: { slot } });
    expect(await move(20)).toMatchObject({ status: 200, body: { slot: 20 } });
    expect(await move(7)).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:clock_backwards' } });
    const { body } = await api.client.get('/v1/accounts', { key: own.operatorKey });
    const account = body.items.find(({ organisationId }: { organisationId: string }) => organisationId === own.operatorId);
    expect(account.revenue).toBe(bid.decision.payment);
  });

  it('moves itself in realtime markets', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'realtime', market: { clock: 'realtime' } });
    expect(await api.client.post(`/v1/markets/${own.marketId}/clock`, { key: own.operatorKey, body: { slot: 1 } })).toMatchObject({
      status: 409,
      body: { type: 'urn:eris:problem:not_manual' },
    });
    expect((await decidedBid(api.client, own, { idempotencyKey: 'now' })).arrivalSlot).toBe(1);
  });
});

describe('prices and quotes', () => {
  it('rise where something was sold', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'prices', sites: 1 });
    const pricesOf = async () => (await api.client.get(`/v1/markets/${own.marketId}/prices?from=0&to=1`, { key: own.bidders[1].key })).body;
    const before = await pricesOf();
    expect(before.slots).toHaveLength(2);
    expect(before.slots[0].sites[own.siteIds[0]]).toEqual({ gpu: '0', cpu: '0', memoryGB: '0' });
    await decidedBid(api.client, own, { idempotencyKey: 'dear' });
    const after = await pricesOf();
    expect(Number(after.slots[0].sites[own.siteIds[0]].gpu)).toBeGreaterThan(0);
    expect(after.priceVersion).not.toBe(before.priceVersion);
  });

  it('quote what the bid then pays, and reserve nothing', async () => {
    const own = await setScene(api.client, api.adminKey, {
      name: 'quotes',
      market: { prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' } },
    });
    const ask = () => api.client.post(`/v1/markets/${own.marketId}/quotes`, { key: own.bidders[0].key, body: jobBody(own.siteIds) });
    const quoted = await ask();
    expect((await ask()).body).toEqual(quoted.body);
    const bid = await decidedBid(api.client, own, { idempotencyKey: 'quoted' });
    expect(quoted.body.best).toMatchObject({ completion: bid.decision.completion, price: bid.decision.payment, value: bid.decision.value });
    expect(bid.decision.priceVersion).toBe(quoted.body.priceVersion);
  });

  it('say why nothing fits', async () => {
    const body = jobBody(scene.siteIds, { worker: { gpu: 500 } });
    const { body: quote } = await api.client.post(`${market()}/quotes`, { key: scene.bidders[0].key, body });
    expect(quote).toMatchObject({ menu: [], best: null, reason: { code: 'no_feasible_schedule' } });
  });
});
