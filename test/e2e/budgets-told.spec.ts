import { DEAR } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Answer, Json } from '../support/api-client.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';

// Real: the application over HTTP, Postgres, the worker.
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'budgets told', sites: 2, market: DEAR });
}, 60_000);
afterAll(() => api.close());

const asBidder = (bidder: number, body: object) => ({ key: scene.bidders[bidder]?.key ?? '', body });
const set = (bidder: number, amount: string, fields: object = {}): Promise<Answer> =>
  api.client.put(`/v1/organisations/${scene.bidders[bidder]?.id}/budgets/team`, asBidder(bidder, { per: 'all', amount, ...fields }));
const quoted = async (bidder: number, body: object): Promise<Json> =>
  (await api.client.post(`/v1/markets/${scene.marketId}/quotes`, asBidder(bidder, body))).body;
const why = async (bidder: number, bidId: string): Promise<Json> =>
  (await api.client.get(`/v1/bids/${bidId}/why`, { key: scene.bidders[bidder]?.key })).body;
const job = (fields: object = {}): object => jobBody(scene.siteIds, fields);

describe('a budget that has no room', () => {
  it('is told by a quote, with what it has left, and by the bid itself', async () => {
    const free = await quoted(0, job());
    expect([free.beyondBudget, free.best.completion]).toEqual([undefined, expect.any(Number)]);
    expect((await set(0, '0.000001')).status).toBe(200);
    const told = await quoted(0, job());
    expect(told).toMatchObject({
      menu: free.menu,
      best: null,
      reason: { code: 'budget_exhausted' },
      beyondBudget: {
        ...{ completion: free.best.completion, price: free.best.price, takes: free.best.price },
        budget: { name: 'team', period: 'all', from: 0, to: 50, left: '0.000001' },
      },
    });
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'poor', body: job() });
    expect(bid.decision.reason.code).toBe('budget_exhausted');
    expect((await quoted(1, job())).beyondBudget).toBeUndefined();
  }, 60_000);

  it('is explained: by how much it has to be larger, and what of the menu it has room for; with that the bid passes', async () => {
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'explained', body: job() });
    const { reason, changes, fits } = await why(0, bid.id);
    expect([reason.code, fits]).toEqual(['budget_exhausted', true]);
    const [larger] = changes;
    expect(larger).toMatchObject({
      kind: 'budget',
      quoteId: null,
      deposit: '0',
      budgets: [{ name: 'team', period: 'all', left: '0.000001' }],
    });
    const { missing } = larger.budgets[0];
    expect(Number(missing)).toBeCloseTo(Number(larger.price) - 0.000001, 6);
    const micros = Math.round(Number(larger.price) * 1e6);
    expect((await set(0, String((micros - 1) / 1e6))).status).toBe(200);
    expect((await decidedBid(api.client, scene, { idempotencyKey: 'a-little-less', body: job() })).status).toBe('refused');
    expect((await set(0, larger.price)).status).toBe(200);
    expect((await quoted(0, job())).best).not.toBeNull();
    expect(await decidedBid(api.client, scene, { idempotencyKey: 'passes', body: job() })).toMatchObject({
      status: 'accepted',
      decision: { completion: larger.completion, payment: larger.price },
    });
  }, 60_000);

  it('counts in quotes by the key that asks, and by the label', async () => {
    const { keyId } = scene.bidders[1] ?? {};
    expect((await set(1, '0', { scope: 'key', keyId })).status).toBe(200);
    expect((await quoted(1, job())).beyondBudget).toMatchObject({ budget: { name: 'team', left: '0' } });
    const path = `/v1/organisations/${scene.bidders[1]?.id}/budgets`;
    expect((await api.client.delete(`${path}/team`, { key: scene.bidders[1]?.key })).status).toBe(204);
    const night = { per: 'all', amount: '0', scope: 'label', label: 'night' };
    expect((await api.client.put(`${path}/night`, asBidder(1, night))).status).toBe(200);
    expect((await quoted(1, job({ label: 'night' }))).reason.code).toBe('budget_exhausted');
    expect((await quoted(1, job({ label: 'day' }))).best).not.toBeNull();
  }, 60_000);
});
