import { DEAR, expectWhole, findingsAfter } from '../support/after-sale.js';
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

const scenes = (name: string, sites = 1): Promise<Scene> => setScene(api.client, api.adminKey, { name, sites, market: DEAR });
const job = (scene: Scene, fields: object = {}) =>
  jobBody(scene.siteIds, { chunks: { [scene.siteIds[0] ?? '']: 4 }, epochs: 24, ...fields });
const bought = (scene: Scene, idempotencyKey: string, fields: object = {}): Promise<Json> =>
  decidedBid(api.client, scene, { idempotencyKey, body: job(scene, fields) });
const keyOf = (scene: Scene, bidder = 0): string => scene.bidders[bidder]?.key ?? '';
const quoted = (scene: Scene, bidId: string, key = keyOf(scene)): Promise<Answer> =>
  api.client.post(`/v1/allocations/${bidId}/cancellation-quotes`, { key });
const cancel = (scene: Scene, bidId: string, quote: unknown, key = keyOf(scene)): Promise<Answer> =>
  api.client.post(`/v1/allocations/${bidId}/cancel`, { key, body: { quote } });
const move = (scene: Scene, slot: number): Promise<Answer> =>
  api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot } });
const life = async (scene: Scene, bidId: string): Promise<Json> =>
  (await api.client.get(`/v1/allocations/${bidId}`, { key: scene.operatorKey })).body;
const wallet = async (scene: Scene): Promise<number> =>
  Number((await api.client.get('/v1/accounts', { key: keyOf(scene) })).body.items[0].balance.available);
const problem = (status: number, code: string) => ({ status, body: { type: `urn:eris:problem:${code}`, remedy: expect.any(String) } });

/** Takes a site away, and waits until all whom that hit were dealt with. */
async function outage(scene: Scene, body: object): Promise<void> {
  const path = `/v1/markets/${scene.marketId}/windows`;
  await api.client.post(path, { key: scene.operatorKey, body: { kind: 'outage', scope: 'site', siteId: scene.siteIds[0], ...body } });
  const settled = async () => (await api.client.get(path, { key: scene.operatorKey })).body.items.at(-1).settled;
  await until(settled, { everyMs: 50, maxMs: 20_000 });
}

const verify = (scene: Scene): Promise<void> => expectWhole(api.pool, scene.marketId);

describe('an allocation that is cancelled', () => {
  it('comes to what its quote says: what has begun and a share of the rest are kept, and its slots are on sale again', async () => {
    const scene = await scenes('given-back');
    const before = await wallet(scene);
    const bid = await bought(scene, 'first');
    await move(scene, 1);
    const { status, body: quote } = await quoted(scene, bid.id);
    expect([status, quote.slot, quote.free]).toEqual([200, 1, false]);
    expect(quote.slots.map(({ slot, keptShare }: Json) => [slot, keptShare])).toEqual([
      [1, 1],
      [2, 0.1],
      [3, 0.1],
    ]);
    for (const { paid, price, keptShare, returned } of quote.slots)
      expect(Number(returned)).toBeCloseTo(Math.min(Number(paid), Number(price)) * (1 - keptShare), 5);
    expect(await cancel(scene, bid.id, quote.id)).toMatchObject({ status: 200, body: { returned: quote.returned, kept: quote.kept } });
    const after = await life(scene, bid.id);
    expect([after.state, after.returned, after.slots.map(({ state }: Json) => state)]).toEqual([
      'cancelled',
      quote.returned,
      ['delivered', 'void', 'void', 'void'],
    ]);
    expect(after.returns).toMatchObject([{ cause: 'allocation_cancelled', amount: quote.returned }]);
    expect(await wallet(scene)).toBeCloseTo(before - Number(bid.decision.payment) + Number(quote.returned), 5);
    const again = await bought(scene, 'again');
    expect((await life(scene, again.id)).slots.map(({ slot }: Json) => slot)).toEqual([1, 2, 3, 4]);
    await move(scene, 10);
    await verify(scene);
  }, 60_000);

  it('is not cancelled twice, by others, by foreign or old quotes, or once it is over', async () => {
    const scene = await scenes('once');
    const [one, two] = [await bought(scene, 'one'), await bought(scene, 'two')];
    const { body: quote } = await quoted(scene, one.id);
    expect(await quoted(scene, one.id, keyOf(scene, 1))).toMatchObject(problem(404, 'not_found'));
    expect(await cancel(scene, one.id, quote.id, keyOf(scene, 1))).toMatchObject(problem(404, 'not_found'));
    expect(await cancel(scene, one.id, quote.id, scene.operatorKey)).toMatchObject(problem(403, 'role_not_allowed'));
    expect(await cancel(scene, '999999', quote.id.replace(/^c\d+/, 'c999999'))).toMatchObject(problem(404, 'not_found'));
    expect(await cancel(scene, two.id, quote.id)).toMatchObject({ status: 422, body: { errors: [{ path: '$.quote' }] } });
    for (const odd of ['nonsense', 17, undefined, ''])
      expect(await cancel(scene, one.id, odd)).toMatchObject({ status: 422, body: { errors: [{ path: '$.quote' }] } });
    const old = quote.id.replace(/\d+$/, String(Date.now() - 1));
    expect(await cancel(scene, one.id, old)).toMatchObject(problem(410, 'quote_expired'));
    expect((await life(scene, one.id)).state).toBe('running');
    const both = await Promise.all([cancel(scene, one.id, quote.id), cancel(scene, one.id, quote.id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await cancel(scene, one.id, quote.id)).toMatchObject(problem(409, 'allocation_over'));
    await move(scene, 20);
    expect(await quoted(scene, two.id)).toMatchObject(problem(409, 'allocation_over'));
    await verify(scene);
  }, 60_000);

  it('is left as it is where it would come to something else now, with the new quote', async () => {
    const scene = await scenes('outdated');
    const bid = await bought(scene, 'first');
    const { body: quote } = await quoted(scene, bid.id);
    await move(scene, 1);
    const answer = await cancel(scene, bid.id, quote.id);
    expect(answer).toMatchObject({ ...problem(412, 'cancellation_outdated'), body: { cancellation: { slot: 1 } } });
    expect((await life(scene, bid.id)).state).toBe('running');
    expect((await cancel(scene, bid.id, answer.body.cancellation.id)).status).toBe(200);
    await verify(scene);
  }, 60_000);

  it('costs nothing where a repair made it late', async () => {
    const scene = await scenes('late');
    const before = await wallet(scene);
    const [whole, begun] = [await bought(scene, 'whole'), await bought(scene, 'begun')];
    await move(scene, 1);
    await outage(scene, { to: 8 });
    const { body: quote } = await quoted(scene, whole.id);
    expect([quote.free, quote.kept]).toEqual([true, '0']);
    expect((await cancel(scene, whole.id, quote.id)).status).toBe(200);
    const { slots } = await life(scene, begun.id);
    const first = slots.find(({ revision }: Json) => revision === 1).slot;
    await move(scene, first + 1);
    const { body: later } = await quoted(scene, begun.id);
    expect([later.free, later.slots.map(({ keptShare }: Json) => keptShare)]).toEqual([true, [1, 0, 0]]);
    expect(Number(later.returned)).toBeCloseTo(Number(later.slots[1].paid) + Number(later.slots[2].paid), 5);
    expect((await cancel(scene, begun.id, later.id)).status).toBe(200);
    expect(await wallet(scene)).toBeCloseTo(before - Number(later.kept), 5);
    await verify(scene);
  }, 60_000);
});

describe('a budget', () => {
  const path = (scene: Scene, name: string, bidder = 0) =>
    `/v1/organisations/${scene.bidders[bidder]?.id}/budgets/${encodeURIComponent(name)}`;
  const put = (scene: Scene, name: string, body: object, key = keyOf(scene)): Promise<Answer> =>
    api.client.put(path(scene, name), { key, body });
  const read = async (scene: Scene, name: string): Promise<Json> => (await api.client.get(path(scene, name), { key: keyOf(scene) })).body;
  const outcome = ({ status, decision }: Json): string => decision.reason?.code ?? status;
  const told = ({ events }: Json): string[] => events.map(({ share, kind }: Json) => `${share} ${kind}`).reverse();

  it('leaves out of the menu what it has no room for, and gets back what comes back', async () => {
    const scene = await scenes('budget');
    expect(await put(scene, 'the team', { per: 'all', amount: '52' })).toMatchObject({
      status: 200,
      body: { amount: '52', periods: [], events: [] },
    });
    const first = await bought(scene, 'first');
    expect([first, await bought(scene, 'second')].map(outcome)).toEqual(['accepted', 'accepted']);
    const third = await bought(scene, 'third');
    expect([outcome(third), third.decision.reason.detail]).toEqual([
      'budget_exhausted',
      'completion 11 costs 20; it takes 20 of the budget "the team", which has 12 left for slots 0 to 49',
    ]);
    await move(scene, 1);
    expect(await read(scene, 'the team')).toMatchObject({ periods: [{ period: 'all', spent: '5', reserved: '35', left: '12' }] });
    expect(await put(scene, 'the team', { per: 'all', amount: '39' })).toMatchObject(problem(409, 'budget_reserved'));
    const { body: quote } = await quoted(scene, first.id);
    await cancel(scene, first.id, quote.id);
    const [{ spent, reserved, left }] = (await read(scene, 'the team')).periods;
    expect([Number(spent), Number(reserved), Number(left)]).toEqual([20 - Number(quote.returned), 20, 12 + Number(quote.returned)]);
    expect(outcome(await bought(scene, 'fourth'))).toBe('accepted');
    expect(told(await read(scene, 'the team'))).toEqual(['50 reached', '80 reached']);
    await outage(scene, {});
    const kept = String(20 - Number(quote.returned));
    expect(await read(scene, 'the team')).toMatchObject({ periods: [{ spent: kept, reserved: '0' }] });
    expect(
      told(await read(scene, 'the team'))
        .slice(2)
        .sort(),
    ).toEqual(['50 below', '80 below']);
    await verify(scene);
    const change = `UPDATE budget_entry SET amount_micros = 1 WHERE bid_id = ${first.id} AND amount_micros > 0`;
    expect(await findingsAfter(api.pool, scene.marketId, change)).toMatchObject([
      { table: 'budget_entry', detail: 'is not as it was when its receipt was written' },
      { table: 'budget_entry', detail: 'amount_micros is 1, must be 20000000' },
    ]);
  }, 60_000);

  it('counts bids of one label, or of one key, and refuses what the wallet could pay only', async () => {
    const scene = await scenes('counted');
    const { body: other } = await api.client.post(`/v1/organisations/${scene.bidders[0]?.id}/keys`, {
      key: scene.operatorKey,
      body: { role: 'bidder', scopes: ['bids:read', 'bids:write'] },
    });
    await put(scene, 'night', { scope: 'label', label: 'night', per: 'month', amount: '0' });
    await put(scene, 'other key', { scope: 'key', keyId: other.id, per: 'day', amount: '3' });
    expect(outcome(await bought(scene, 'day', { label: 'day' }))).toBe('accepted');
    expect(outcome(await bought(scene, 'night', { label: 'night' }))).toBe('budget_exhausted');
    const place = { key: other.key, body: job(scene), headers: { 'idempotency-key': 'by-other', prefer: 'wait=20' } };
    expect(outcome((await api.client.post(`/v1/markets/${scene.marketId}/bids`, place)).body)).toBe('budget_exhausted');
    expect((await put(scene, 'night', { scope: 'label', label: 'night', per: 'month', amount: '100' }, other.key)).status).toBe(403);
    expect((await api.client.delete(path(scene, 'night'), { key: keyOf(scene) })).status).toBe(204);
    expect(outcome(await bought(scene, 'night-again', { label: 'night' }))).toBe('accepted');
    expect((await api.client.get(path(scene, 'night'), { key: keyOf(scene) })).status).toBe(404);
    await verify(scene);
  }, 60_000);

  it('is refused where it makes no sense, with what to do', async () => {
    const scene = await scenes('no-budget');
    const faults: readonly (readonly [object, string])[] = [
      [{ per: 'week', amount: '1' }, '$.per'],
      [{ per: 'day' }, '$.amount'],
      [{ per: 'day', amount: '-1' }, '$.amount'],
      [{ per: 'day', amount: '1', scope: 'key' }, '$.keyId'],
      [{ per: 'day', amount: '1', scope: 'key', keyId: scene.bidders[1]?.keyId }, '$.keyId'],
      [{ per: 'day', amount: '1', scope: 'label' }, '$.label'],
      [{ per: 'day', amount: '1', label: 'night' }, '$.label'],
    ];
    for (const [body, at] of faults)
      expect([body, await put(scene, 'x', body)]).toMatchObject([body, { status: 422, body: { errors: [{ path: at }] } }]);
    expect((await put(scene, 'x', { per: 'day', amount: '1' })).status).toBe(200);
    expect(await put(scene, 'x', { per: 'month', amount: '1' })).toMatchObject({ status: 422, body: { errors: [{ path: '$.per' }] } });
    expect((await put(scene, 'x', { per: 'day', amount: '1' }, keyOf(scene, 1))).status).toBe(404);
    expect((await put(scene, 'x', { per: 'day', amount: '1' }, scene.auditorKey)).status).toBe(403);
    expect((await put(scene, 'x', { per: 'day', amount: '2' }, scene.operatorKey)).status).toBe(200);
    expect((await put(scene, ' \u0000', { per: 'day', amount: '1' })).status).toBe(404);
    const { body } = await api.client.get(`/v1/organisations/${scene.bidders[0]?.id}/budgets`, { key: scene.auditorKey });
    expect(body.items.map(({ name, amount }: Json) => [name, amount])).toEqual([['x', '2']]);
  }, 60_000);
});
