import { DEAR, expectWhole, findingsAfter } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Answer, Json } from '../support/api-client.js';
import { decidedBid, jobBody, type Scene, type SceneOptions, setScene } from '../support/scenes.js';

// Real: the application over HTTP, Postgres, the worker.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const scenes = (name: string, options: Partial<SceneOptions> = {}): Promise<Scene> =>
  setScene(api.client, api.adminKey, { name, sites: 1, market: DEAR, ...options });
const job = (scene: Scene, fields: object = {}) =>
  jobBody(scene.siteIds, { chunks: { [scene.siteIds[0] ?? '']: 4 }, epochs: 24, ...fields });
const bought = (scene: Scene, idempotencyKey: string, fields: object = {}): Promise<Json> =>
  decidedBid(api.client, scene, { idempotencyKey, body: job(scene, fields) });
const keyOf = (scene: Scene, bidder = 0): string => scene.bidders[bidder]?.key ?? '';
const quoted = async (scene: Scene, bidId: string): Promise<Json> =>
  (await api.client.post(`/v1/allocations/${bidId}/cancellation-quotes`, { key: keyOf(scene) })).body;
let keys = 0;
const change = (scene: Scene, bidId: string, body: object, { key = keyOf(scene), as = `change-${++keys}` } = {}): Promise<Answer> =>
  api.client.post(`/v1/allocations/${bidId}/change`, { key, body, headers: { 'idempotency-key': as } });
const move = (scene: Scene, slot: number): Promise<Answer> =>
  api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot } });
const life = async (scene: Scene, bidId: string): Promise<Json> =>
  (await api.client.get(`/v1/allocations/${bidId}`, { key: scene.operatorKey })).body;
const accounts = async (scene: Scene): Promise<Json> => (await api.client.get('/v1/accounts', { key: keyOf(scene) })).body;
const wallet = async (scene: Scene): Promise<number> => Number((await accounts(scene)).items[0].balance.available);
const logOf = async (scene: Scene): Promise<string[]> =>
  (await api.pool.query<{ kind: string }>(`SELECT kind FROM event WHERE market_id = ${scene.marketId} ORDER BY sequence`)).rows.map(
    ({ kind }) => kind,
  );
const problem = (status: number, code: string) => ({ status, body: { type: `urn:eris:problem:${code}`, remedy: expect.any(String) } });
const verify = (scene: Scene): Promise<void> => expectWhole(api.pool, scene.marketId);

describe('an allocation that is changed', () => {
  it('is cancelled as its quote says, and another one takes its place: paid with what comes back, in two entries that follow each other', async () => {
    const scene = await scenes('changed', { funds: '25' });
    const first = await bought(scene, 'first');
    const cost = Number(first.decision.payment);
    expect(await wallet(scene)).toBeLessThan(cost); // the second one is paid with what the first one brings back
    const quote = await quoted(scene, first.id);
    const body = { quote: quote.id, bid: job(scene, { epochs: 12 }) };
    const answer = await change(scene, first.id, body, { as: 'smaller' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'accepted', marketId: scene.marketId } });
    const second = answer.body;
    expect(Number(second.decision.payment)).toBeLessThan(cost);
    expect(await wallet(scene)).toBeCloseTo(25 - cost + Number(quote.returned) - Number(second.decision.payment), 5);
    const [before, after] = [await life(scene, first.id), await life(scene, second.id)];
    expect([before.state, before.replacedBy, before.replaces, before.returned]).toEqual(['cancelled', second.id, null, quote.returned]);
    expect([after.replaces, after.replacedBy, after.continues, after.continuedBy]).toEqual([first.id, null, null, []]);
    expect(after.slots.map(({ slot }: Json) => slot)).toEqual([0, 1]);
    expect((await logOf(scene)).slice(-2)).toEqual(['allocation_cancelled', 'bid_accepted']);
    const again = await change(scene, first.id, body, { as: 'smaller' });
    expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([200, second, 'true']);
    expect(await change(scene, first.id, { ...body, bid: job(scene) }, { as: 'smaller' })).toMatchObject(problem(422, 'key_reused'));
    await move(scene, 10);
    await verify(scene);
    const findings = await findingsAfter(api.pool, scene.marketId, `UPDATE allocation SET replaces = NULL WHERE bid_id = ${second.id}`);
    expect(findings).toContainEqual(expect.objectContaining({ table: 'allocation', detail: `replaces is null, must be ${first.id}` }));
  }, 60_000);

  it('stays as it is where its bid is refused: no entry but the refusal, no money moves, and its quote still stands', async () => {
    const scene = await scenes('kept');
    const first = await bought(scene, 'first');
    const [before, money, log] = [await life(scene, first.id), await accounts(scene), await logOf(scene)];
    const quote = await quoted(scene, first.id);
    const poor = job(scene, { valuation: { kind: 'deadline', value: 0.1, deadline: 49 } });
    const answer = await change(scene, first.id, { quote: quote.id, bid: poor });
    expect(answer).toMatchObject({ status: 200, body: { status: 'refused', decision: { reason: { code: 'price_above_value' } } } });
    expect([await life(scene, first.id), await accounts(scene), await logOf(scene)]).toEqual([before, money, [...log, 'bid_refused']]);
    const again = await change(scene, first.id, { quote: quote.id, bid: job(scene, { epochs: 6 }) });
    expect(again.body.status).toBe('accepted');
    expect((await bought(scene, 'other', { epochs: 6 })).status).toBe('accepted'); // on the book that the changes have left
    await verify(scene);
  }, 60_000);

  it('is not changed by quotes that are used, old, outdated or of others, or once it is over', async () => {
    const scene = await scenes('odd');
    const [one, two] = [await bought(scene, 'one'), await bought(scene, 'two')];
    const quote = await quoted(scene, one.id);
    const body = { quote: quote.id, bid: job(scene, { epochs: 12 }) };
    expect(await change(scene, one.id, body, { key: keyOf(scene, 1) })).toMatchObject(problem(404, 'not_found'));
    expect(await change(scene, one.id, body, { key: scene.operatorKey })).toMatchObject(problem(403, 'role_not_allowed'));
    expect(await change(scene, two.id, body)).toMatchObject({ status: 422, body: { errors: [{ path: '$.quote' }] } });
    expect(await change(scene, one.id, { ...body, quote: 'nonsense' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.quote' }] },
    });
    expect(await change(scene, one.id, { quote: quote.id })).toMatchObject({ status: 422, body: { errors: [{ path: '$.bid' }] } });
    expect(await change(scene, one.id, { ...body, bid: job(scene, { epochs: 0, chunks: { 999: 1 } }) })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.bid.epochs' }] },
    });
    expect(await change(scene, one.id, { ...body, bid: job(scene, { chunks: { 999: 1 } }) })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.bid.chunks.999' }] },
    });
    const bare = await api.client.post(`/v1/allocations/${one.id}/change`, { key: keyOf(scene), body });
    expect(bare).toMatchObject(problem(400, 'idempotency_key_missing'));
    const old = { ...body, quote: quote.id.replace(/\d+$/, String(Date.now() - 1)) };
    expect(await change(scene, one.id, old)).toMatchObject(problem(410, 'quote_expired'));
    await move(scene, 1);
    const outdated = await change(scene, one.id, body);
    expect(outdated).toMatchObject({
      ...problem(412, 'cancellation_outdated'),
      body: { cancellation: { slot: 1 }, bidId: expect.any(String) },
    });
    const both = await Promise.all([1, 2].map(() => change(scene, one.id, { ...body, quote: outdated.body.cancellation.id })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)).toMatchObject(problem(409, 'allocation_over'));
    const last = await quoted(scene, two.id);
    await move(scene, 30);
    expect(await change(scene, two.id, { ...body, quote: last.id })).toMatchObject(problem(409, 'allocation_over'));
    await verify(scene);
  }, 60_000);

  it('takes a key that may both give back and bid', async () => {
    const scene = await scenes('scoped');
    const first = await bought(scene, 'first');
    const quote = await quoted(scene, first.id);
    for (const [scopes, missing] of [
      [['bids:read', 'bids:write'], 'allocations:write'],
      [['allocations:write'], 'bids:write'],
    ] as const) {
      const { body: made } = await api.client.post(`/v1/organisations/${scene.bidders[0]?.id}/keys`, {
        key: scene.operatorKey,
        body: { role: 'bidder', scopes },
      });
      const answer = await change(scene, first.id, { quote: quote.id, bid: job(scene) }, { key: made.key });
      expect(answer).toMatchObject({ ...problem(403, 'scope_not_allowed'), body: { detail: expect.stringContaining(missing) } });
    }
  }, 60_000);

  it('gives what comes back to the budgets before the bid takes of them', async () => {
    const scene = await scenes('budgeted');
    const path = `/v1/organisations/${scene.bidders[0]?.id}/budgets/team`;
    await api.client.put(path, { key: keyOf(scene), body: { per: 'all', amount: '22' } });
    const first = await bought(scene, 'first');
    expect((await bought(scene, 'second')).decision.reason.code).toBe('budget_exhausted');
    const quote = await quoted(scene, first.id);
    const { body: second } = await change(scene, first.id, { quote: quote.id, bid: job(scene, { epochs: 12 }) });
    expect(second.status).toBe('accepted');
    const { periods } = (await api.client.get(path, { key: keyOf(scene) })).body;
    const used = Number(first.decision.payment) - Number(quote.returned) + Number(second.decision.payment);
    expect(Number(periods[0].left)).toBeCloseTo(22 - used, 5);
    await verify(scene);
  }, 60_000);
});

describe('a bid that goes on with an allocation', () => {
  it('is linked with it, and is decided as any other', async () => {
    const scene = await scenes('extended');
    const first = await bought(scene, 'first');
    const second = await bought(scene, 'second', { continues: first.id });
    const third = await bought(scene, 'third', { continues: first.id, label: 'third' });
    expect([second.status, third.status]).toEqual(['accepted', 'accepted']);
    expect((await life(scene, first.id)).continuedBy).toEqual([second.id, third.id]);
    expect((await life(scene, third.id)).continues).toBe(first.id);
    await bought(scene, 'refused', { continues: first.id, valuation: { kind: 'deadline', value: 0, deadline: 1 } });
    expect((await life(scene, first.id)).continuedBy).toHaveLength(2);
    await verify(scene);
    const findings = await findingsAfter(
      api.pool,
      scene.marketId,
      `UPDATE allocation SET continues = ${third.id} WHERE bid_id = ${second.id}`,
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ table: 'allocation', detail: `continues is ${third.id}, must be ${first.id}` }),
    );
  }, 60_000);

  it('names one of its own organisation, in a bulk too', async () => {
    const scene = await scenes('extended-by-others');
    const first = await bought(scene, 'first');
    const refused = await bought(scene, 'refused', { valuation: { kind: 'deadline', value: 0, deadline: 1 } });
    const place = (continues: unknown, bidder: number) =>
      api.client.post(`/v1/markets/${scene.marketId}/bids`, {
        key: keyOf(scene, bidder),
        body: job(scene, { continues }),
        headers: { 'idempotency-key': `more-${++keys}` },
      });
    const fault = { status: 422, body: { errors: [{ path: '$.continues' }] } };
    expect(await place(first.id, 1)).toMatchObject(fault);
    expect(await place(refused.id, 0)).toMatchObject(fault);
    expect(await place('999999999', 0)).toMatchObject(fault);
    expect(await place(17, 0)).toMatchObject(fault);
    const bids = [first.id, '999999999'].map((continues, index) => ({ ...job(scene, { continues }), idempotencyKey: `bulk-${index}` }));
    const { body } = await api.client.post(`/v1/markets/${scene.marketId}/bids/bulk`, { key: keyOf(scene), body: { bids } });
    expect(body.results).toMatchObject([{ status: 'queued' }, { problem: { errors: [{ path: '$.bids[1].continues' }] } }]);
  }, 60_000);
});
