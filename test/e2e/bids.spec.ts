import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'bids' });
}, 60_000);
afterAll(() => api.close());

const place = (idempotencyKey: string, call: { body?: unknown; prefer?: string; key?: string } = {}) =>
  api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: call.key ?? scene.bidders[0].key,
    body: call.body ?? jobBody(scene.siteIds),
    headers: { 'idempotency-key': idempotencyKey, ...(call.prefer ? { prefer: call.prefer } : {}) },
  });

describe('placing a bid', () => {
  it('acknowledges with 202 and decides afterwards', async () => {
    const placed = await place('plain');
    expect(placed).toMatchObject({ status: 202, body: { status: 'queued' } });
    const again = await place('plain', { prefer: 'wait=20' });
    expect(again).toMatchObject({
      status: 200,
      headers: { 'idempotency-replayed': 'true' },
      body: { id: placed.body.id, status: 'accepted' },
    });
  });

  it('answers with the decision when asked to wait', async () => {
    const decided = await place('waiting', { prefer: 'respond-async, wait=20' });
    expect(decided.headers['preference-applied']).toBe('wait=20');
    expect(decided.body).toMatchObject({ status: 'accepted', arrivalSlot: 0, allocationId: decided.body.id, decision: { reason: null } });
  });

  it('answers 202 when the decision does not come in time', async () => {
    expect(await place('impatient', { prefer: 'wait=0' })).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=0' } });
  });

  it('refuses what costs more than it is worth, and says what would have passed', async () => {
    const refused = await decidedBid(api.client, scene, {
      idempotencyKey: 'poor',
      body: jobBody(scene.siteIds, { valuation: { kind: 'deadline', value: 0, deadline: 49 } }),
    });
    expect(refused).toMatchObject({
      status: 'refused',
      allocationId: null,
      decision: { payment: '0', completion: null, reason: { code: 'price_above_value' } },
    });
  });

  it('refuses a bid that its wallet cannot pay', async () => {
    const broke = await setScene(api.client, api.adminKey, {
      name: 'broke',
      funds: '0',
      market: { prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '1' } },
    });
    expect(await decidedBid(api.client, broke, { idempotencyKey: 'broke' })).toMatchObject({
      status: 'refused',
      decision: { reason: { code: 'insufficient_funds' } },
    });
  });

  it('refuses what finds no place', async () => {
    const body = jobBody(scene.siteIds, { worker: { gpu: 500 } });
    expect(await decidedBid(api.client, scene, { idempotencyKey: 'too big', body }).catch(String)).toMatch('printable'); // keys have no spaces
    expect(await decidedBid(api.client, scene, { idempotencyKey: 'too-big', body })).toMatchObject({
      status: 'refused',
      decision: { reason: { code: 'no_feasible_schedule' } },
    });
  });
});

describe('keys', () => {
  it('keep one row for a hundred identical requests at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => place('same')));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(99);
    const { rows } = await api.pool.query('SELECT id FROM bid WHERE idempotency_key = $1', ['same']);
    expect(rows).toHaveLength(1);
  });

  it('take fields in another order for the same request', async () => {
    const first = await place('order');
    const reversed = Object.fromEntries(Object.entries(jobBody(scene.siteIds)).reverse());
    expect(await place('order', { body: reversed })).toMatchObject({ status: 202, body: first.body });
  });

  it('refuse a key that was used for another body', async () => {
    await place('reused');
    const other = await place('reused', { body: jobBody(scene.siteIds, { epochs: 21 }) });
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:eris:problem:key_reused' } });
  });

  it('ask for a key', async () => {
    const answer = await api.client.post(`/v1/markets/${scene.marketId}/bids`, { key: scene.bidders[0].key, body: jobBody(scene.siteIds) });
    expect(answer).toMatchObject({ status: 400, body: { type: 'urn:eris:problem:idempotency_key_missing' } });
  });

  it('let two organisations use the same key', async () => {
    const [one, two] = [await place('ours'), await place('ours', { key: scene.bidders[1].key })];
    expect(two.status).toBe(202);
    expect(two.body.id).not.toBe(one.body.id);
  });
});

describe('reading bids', () => {
  it('shows a bid to its bidder, the operator and the auditor, and to nobody else', async () => {
    const { id } = await decidedBid(api.client, scene, { idempotencyKey: 'seen' });
    for (const key of [scene.bidders[0].key, scene.operatorKey, scene.auditorKey])
      expect((await api.client.get(`/v1/bids/${id}`, { key })).status).toBe(200);
    expect((await api.client.get(`/v1/bids/${id}`, { key: scene.bidders[1].key })).status).toBe(404);
  });

  it('walks all bids in pages, each once', async () => {
    const list = await setScene(api.client, api.adminKey, { name: 'walk' });
    const bids = Array.from({ length: 23 }, (_, index) => ({
      idempotencyKey: `walk-${index}`,
      label: index % 2 ? 'odd' : 'even',
      ...jobBody(list.siteIds),
    }));
    const placed = await api.client.post(`/v1/markets/${list.marketId}/bids/bulk`, { key: list.bidders[0].key, body: { bids } });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await api.client.get(`/v1/markets/${list.marketId}/bids?limit=5${cursor && `&cursor=${cursor}`}`, { key: list.bidders[0].key })
      ).body;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(placed.body.results.map(({ id }: { id: string }) => id));
    const odd = await api.client.get(`/v1/markets/${list.marketId}/bids?label=odd`, { key: list.operatorKey });
    expect(odd.body.items).toHaveLength(11);
    const others = await api.client.get(`/v1/markets/${list.marketId}/bids`, { key: list.bidders[1].key });
    expect(others.body).toEqual({ items: [], nextCursor: null });
  });

  it('filters by status', async () => {
    await decidedBid(api.client, scene, {
      idempotencyKey: 'worthless',
      body: jobBody(scene.siteIds, { valuation: { kind: 'table', values: [0] } }),
    });
    const { body } = await api.client.get(`/v1/markets/${scene.marketId}/bids?status=refused`, { key: scene.operatorKey });
    expect(body.items.length).toBeGreaterThan(0);
    expect(new Set(body.items.map(({ status }: { status: string }) => status))).toEqual(new Set(['refused']));
  });

  it('refuses a cursor that is not one', async () => {
    expect(await api.client.get(`/v1/markets/${scene.marketId}/bids?cursor=nonsense`, { key: scene.operatorKey })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'query.cursor' }] },
    });
  });
});
