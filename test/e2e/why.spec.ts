import type { Answer } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { addBidder, decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';

const PRICES = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' };

let api: TestApi;
let scene: Scene;
let count = 0;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'why', market: { prices: PRICES } });
  for (const epochs of [40, 60, 80]) await decided(jobBody(scene.siteIds, { epochs }), 1);
}, 60_000);
afterAll(() => api.close());

const decided = (body: object, bidder = 0) => decidedBid(api.client, scene, { idempotencyKey: `why-${++count}`, body, bidder });
const why = (bidId: string, key = scene.bidders[0].key): Promise<Answer> => api.client.get(`/v1/bids/${bidId}/why`, { key });
const worth = (value: number, fields: object = {}): object =>
  jobBody(scene.siteIds, { valuation: { kind: 'deadline', value, deadline: 30 }, ...fields });

describe('why', () => {
  it('says what passes, to the micro-credit: done it is accepted, with one less refused', async () => {
    for (const [value, epochs] of [
      [0.01, 20],
      [0.5, 10],
      [1.7, 5],
      [0, 8],
    ] as const) {
      const refused = await decided(worth(value, { epochs }));
      expect(refused.status).toBe('refused');
      const { body } = await why(refused.id);
      expect(body).toMatchObject({
        status: 'refused',
        best: null,
        reason: { code: 'price_above_value' },
        decided: { code: 'price_above_value' },
      });
      expect(body.cells[0]).toMatchObject({ resource: expect.any(String) as string, needed: expect.stringMatching(/^\d/) as string });
      const change = body.changes.find(({ kind }: { kind: string }) => kind === 'value');
      const lesser = { ...change.body.valuation, value: Math.round(change.body.valuation.value * 1e6 - 1) / 1e6 };
      expect((await decided({ ...change.body, valuation: lesser })).status).toBe('refused');
      const placed = await api.client.post(`/v1/markets/${scene.marketId}/bids`, {
        key: scene.bidders[0].key,
        body: change.body,
        headers: { 'idempotency-key': `done-${epochs}`, 'if-match': change.quoteId },
      });
      expect(placed).toMatchObject({ status: 200, body: { status: 'accepted', decision: { payment: change.price } } });
    }
  });

  it('says which deposit buys what the wallet cannot', async () => {
    const broke = await addBidder(api.client, { operatorKey: scene.operatorKey, name: 'broke', funds: '0' });
    const place = (key: string): Promise<Answer> =>
      api.client.post(`/v1/markets/${scene.marketId}/bids`, {
        key: broke.key,
        body: worth(1000),
        headers: { 'idempotency-key': key, prefer: 'wait=20' },
      });
    const deposit = (amount: string): Promise<Answer> =>
      api.client.post(`/v1/accounts/${broke.accountId}/deposits`, {
        key: scene.operatorKey,
        body: { amount },
        headers: { 'idempotency-key': `to-${amount}` },
      });
    const refused = await place('first');
    const { body } = await why(refused.body.id, broke.key);
    const [{ kind, deposit: missing }] = body.changes;
    expect(kind).toBe('deposit');
    await deposit((Number(missing) - 0.000001).toFixed(6));
    expect((await place('less')).body.status).toBe('refused');
    await deposit('0.000001');
    expect((await place('enough')).body.status).toBe('accepted');
  });

  it('names the cells that are short for a job that does not fit, and sites where it would', async () => {
    const gpu = { gpu: 1, cpu: 2, memoryGB: 4 };
    const { body } = await why((await decided(worth(1000, { worker: { ...gpu, gpu: 2 } }))).id);
    expect(body).toMatchObject({ reason: { code: 'no_feasible_schedule' }, fits: false, changes: [] });
    const short = body.cells.filter(({ resource }: { resource: string }) => resource === 'gpu');
    expect(short.length).toBeGreaterThan(0);
    for (const { needed, free } of body.cells) expect(Number(needed)).toBeGreaterThan(Number(free));
    const far = await decided(worth(1000, { parameterMB: 1e6, chunks: { [scene.siteIds[0]]: 400 }, epochs: 60 }));
    expect((await why(far.id)).body.reason?.code ?? 'accepted').toMatch(/no_feasible_schedule|accepted/);
  });

  it('is told to whoever may see the bid, and to nobody else', async () => {
    const accepted = await decided(worth(1000));
    expect(await why(accepted.id)).toMatchObject({ status: 200, body: { status: 'accepted', reason: null, cells: [], changes: [] } });
    expect((await why(accepted.id, scene.operatorKey)).status).toBe(200);
    expect((await why(accepted.id, scene.bidders[1].key)).status).toBe(404);
    expect((await why('999999')).status).toBe(404);
  });
});
