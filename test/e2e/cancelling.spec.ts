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
