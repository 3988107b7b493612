import { standardKinds } from '#kinds';
import { verifyMarket } from '#market';
import { createAuditSource } from '#persistence';
import type { Answer } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { addBidder, jobBody, type Scene, setScene } from '../support/scenes.js';

const PRICES = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' };

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'quotes', market: { prices: PRICES } });
}, 60_000);
afterAll(() => api.close());

let keys = 0;
const job = (fields: object = {}): object => jobBody(scene.siteIds, fields);
const quote = (body: object = job(), key = scene.bidders[0].key): Promise<Answer> =>
  api.client.post(`/v1/markets/${scene.marketId}/quotes`, { key, body });
const bid = (
  ifMatch: string,
  { body = job(), key = scene.bidders[0].key, headers = {} }: { body?: object; key?: string; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key,
    body,
    headers: { 'idempotency-key': `quoted-${++keys}`, 'if-match': ifMatch, ...headers },
  });

describe('a bid that names a quote', () => {
  it('pays what the quote said, to the micro-credit', async () => {
    const quoted = await quote();
    expect(quoted.headers.etag).toBe(`"${quoted.body.id}"`);
    const placed = await bid(String(quoted.headers.etag));
    expect(placed).toMatchObject({
      status: 200,
      body: {
        status: 'accepted',
        arrivalSlot: quoted.body.arrivalSlot,
        decision: {
          payment: quoted.body.best.price,
          completion: quoted.body.best.completion,
          priceVersion: quoted.body.priceVersion,
        },
      },
    });
  });

  it('is answered with 412 and the new quote where prices have moved, and that one binds', async () => {
    const old = await quote();
    expect((await bid((await quote(job(), scene.bidders[1].key)).body.id, { key: scene.bidders[1].key })).status).toBe(200);
    const headers = { 'idempotency-key': 'moved' };
    const moved = await bid(old.body.id, { headers });
    expect(moved).toMatchObject({
      status: 412,
      body: {
        type: 'urn:eris:problem:quote_outdated',
        bidId: expect.any(String) as string,
        quote: { best: { price: expect.any(String) as string } },
      },
    });
    const { quote: renewed } = moved.body;
    expect(Number(renewed.priceVersion)).toBeGreaterThan(Number(old.body.priceVersion));
    expect(await bid(old.body.id, { headers })).toMatchObject({
      status: 412,
      body: { quote: renewed },
      headers: { 'idempotency-replayed': 'true' },
    });
    const read = await api.client.get(`/v1/bids/${moved.body.bidId}`, { key: scene.bidders[0].key });
    expect(read.body).toMatchObject({
      status: 'refused',
      decision: { payment: '0', reason: { code: 'quote_outdated', nearest: renewed.best } },
    });
    const placed = await bid(renewed.id);
    expect(placed).toMatchObject({ status: 200, body: { status: 'accepted', decision: { payment: renewed.best.price } } });
  });

  it('is held to it by a clock that has moved, too', async () => {
    const { body: old } = await quote();
    await api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot: old.arrivalSlot + 1 } });
    expect(await bid(old.id)).toMatchObject({ status: 412, body: { quote: { arrivalSlot: old.arrivalSlot + 1 } } });
  });

  it('is refused as quoted where the quote said so, and without funds whatever else the wallet could pay', async () => {
    const poor = job({ valuation: { kind: 'deadline', value: 0.000001, deadline: 5 } });
    const { body: none } = await quote(poor);
    expect(none.best).toBeNull();
    expect(await bid(none.id, { body: poor })).toMatchObject({
      status: 200,
      body: { status: 'refused', decision: { reason: { code: 'price_above_value' } } },
    });
    const broke = await addBidder(api.client, { operatorKey: scene.operatorKey, name: 'broke', funds: '0' });
    const { body: wanted } = await quote(job(), broke.key);
    expect(await bid(wanted.id, { key: broke.key })).toMatchObject({
      status: 200,
      body: { status: 'refused', decision: { reason: { code: 'insufficient_funds', nearest: wanted.best } } },
    });
  });

  it('pays nothing else under many bidders at once: as quoted, or 412', async () => {
    const round = async (key: string): Promise<void> => {
      const { body: quoted } = await quote(job({ epochs: 2 }), key);
      const { status, body } = await bid(quoted.id, { key, body: job({ epochs: 2 }) });
      if (status === 200)
        expect(body.decision).toMatchObject(
          quoted.best ? { payment: quoted.best.price, completion: quoted.best.completion } : { completion: null },
        );
      else expect([status, Number(body.quote?.priceVersion) > Number(quoted.priceVersion)]).toEqual([412, true]);
      outcomes.add(status);
    };
    const outcomes = new Set<number>();
    for (let turn = 0; turn < 5; turn++) await Promise.all([0, 1, 0, 1, 0, 1].map((bidder) => round(scene.bidders[bidder].key)));
    expect(outcomes).toEqual(new Set([200, 412]));
  });
});

describe('what is no quote', () => {
  it.each([
    ['no id at all', () => Promise.resolve('"v1"')],
    ['a quote for another valuation', async () => (await quote(job({ valuation: { kind: 'deadline', value: 7, deadline: 9 } }))).body.id],
    ['several', async () => `${String((await quote()).headers.etag)}, "q1-0-0-000000000000000000000000"`],
  ])('%s is told so', async (_, named) => {
    expect(await bid(await named())).toMatchObject({
      status: 400,
      body: { type: 'urn:eris:problem:invalid_header', errors: [{ path: 'If-Match' }] },
    });
  });

  it('a price that somebody made up is not paid', async () => {
    const { body: quoted } = await quote();
    const cheaper = quoted.id.replace(/^(q\d+-\d+)-\d+-/, '$1-1-');
    expect(await bid(cheaper)).toMatchObject({ status: 412, body: { quote: quoted.best && { id: quoted.id } } });
  });

  it('the star names any, as without it; a bid has no field for it', async () => {
    expect(await bid('*')).toMatchObject({ status: 202 });
    expect(await bid('*', { body: job({ quote: { priceVersion: '1' } }) })).toMatchObject({ status: 422 });
  });

  it('what was decided is decided again from the log', async () => {
    await api.client.post(`/v1/markets/${scene.marketId}/bids`, {
      key: scene.bidders[0].key,
      body: job(),
      headers: { 'idempotency-key': 'last', prefer: 'wait=20' },
    });
    const found = await verifyMarket(createAuditSource(api.pool), BigInt(scene.marketId), { kinds: standardKinds() });
    expect(found).toMatchObject({ kind: 'verified', verification: { findings: [] } });
  });
});
