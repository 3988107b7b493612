import type { Json } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  scene = await setScene(api.client, api.adminKey, { name: 'unusual' });
}, 60_000);
afterAll(() => api.close());

const market = (): string => `/v1/markets/${scene.marketId}`;
const get = (path: string, key = scene.operatorKey) => api.client.get(path, { key });
const BLANKS = [' ', '\u00a0\u3000', '\u2800', '\u200b', '\u3164'];
const DECEIVING = ['abc\u202egnp', 'a\u2067b', 'pay\u200bpal', 'pay\u200dpal', 'a\ufeffb', 'a\u0000b', 'a\u0085b', 'a\ue000b', 'a\uffff'];

/** Where names and labels are given, and the field that each is in. */
const NAMED: readonly (readonly [string, (text: string) => Promise<{ status: number; body: Json }>, string])[] = [
  ['an organisation', (name) => api.client.post('/v1/organisations', { key: scene.operatorKey, body: { name } }), '$.name'],
  ['a market', (name) => api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name }) }), '$.name'],
  ['a site', (name) => api.client.post(`${market()}/sites`, { key: scene.operatorKey, body: { name, capacity: {} } }), '$.name'],
  [
    'a key',
    (label) => api.client.post(`/v1/organisations/${scene.operatorId}/keys`, { key: scene.operatorKey, body: { role: 'auditor', label } }),
    '$.label',
  ],
  [
    'a bid',
    (label) => api.client.post(`${market()}/quotes`, { key: scene.bidders[0].key, body: jobBody(scene.siteIds, { label }) }),
    '$.label',
  ],
];

describe.each(NAMED)('the name of %s', (_what, give, path) => {
  it.each([...BLANKS, ...DECEIVING, '', 'x'.repeat(201)])('should not be %j', async (text) => {
    expect(await give(text)).toMatchObject({ status: 422, body: { errors: [{ path, message: expect.stringMatching(/^must /) }] } });
  });

  it('should not be half of a surrogate pair, escaped as JSON does', async () => {
    expect(await give('a\ud800b')).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('should be what people write', async () => {
    expect((await give(' Zürich – 東京 👩‍🔬 ')).status).toBeLessThan(300);
  });
});

it('should take names that look alike for one name', async () => {
  const name = (text: string) => api.client.post('/v1/organisations', { key: scene.operatorKey, body: { name: text } });
  expect(await name('caf\u00e9')).toMatchObject({ status: 201, body: { name: 'caf\u00e9' } });
  for (const same of ['cafe\u0301', ' caf\u00e9 ', 'caf\u00e9\u3000']) expect((await name(same)).status).toBe(409);
});

describe('a number of a query', () => {
  const NUMBERS = [
    '1e3',
    '+5',
    '-1',
    '-0',
    '1.0',
    '0x10',
    '1_000',
    '%205',
    '5%20',
    'NaN',
    '99999999999999999999',
    '2147483648000',
    'true',
    '٣',
  ];
  it.each(NUMBERS)('should not be %s', async (text) => {
    for (const [path, name] of [
      [`${market()}/prices`, 'from'],
      [`${market()}/prices`, 'to'],
      ['/v1/markets', 'limit'],
    ]) {
      const answer = await get(`${path}?${name}=${encodeURIComponent(decodeURIComponent(text))}`);
      expect(answer).toMatchObject({
        status: 400,
        body: { errors: [{ path: `query.${name}`, message: expect.stringMatching(/^must /) }] },
      });
    }
  });

  it('should be given once', async () => {
    expect(await get('/v1/markets?limit=1&limit=2')).toMatchObject({ status: 400, body: { errors: [{ path: 'query.limit' }] } });
  });

  it('should count as absent where it is empty, as every value of a query does', async () => {
    for (const path of [`${market()}/prices?from=&to=`, '/v1/markets?limit=&cursor=', `${market()}/bids?label=&status=`]) {
      expect((await get(path)).body).toEqual((await get(path.split('?')[0])).body);
    }
  });
});

describe('a number of a body', () => {
  const FAR = [2_147_483_648, 9_007_199_254_740_991, 9_007_199_254_740_993, 1e21, 1e300];
  const WHOLE: readonly (readonly [string, (value: unknown) => Promise<{ status: number; body: Json }>])[] = [
    ['slotMinutes', (value) => api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ slotMinutes: value }) })],
    ['horizonSlots', (value) => api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ horizonSlots: value }) })],
    ['slot', (value) => api.client.post(`${market()}/clock`, { key: scene.operatorKey, body: { slot: value } })],
    ['epochs', (value) => quote({ epochs: value })],
    ['valuation.deadline', (value) => quote({ valuation: { kind: 'deadline', value: 1, deadline: value } })],
  ];
  const quote = (fields: object) =>
    api.client.post(`${market()}/quotes`, { key: scene.bidders[0].key, body: jobBody(scene.siteIds, fields) });

  it.each(WHOLE)('should lie in its range, and be told which one that is: %s', async (name, give) => {
    for (const value of FAR) {
      const { status, body } = await give(value);
      expect([value, status, body.errors]).toEqual([
        value,
        422,
        [{ path: `$.${name}`, message: expect.stringMatching(/^must be at most \d+$/) }],
      ]);
    }
    for (const value of [1.5, '5', null, true, [5], {}])
      expect(await give(value)).toMatchObject({
        status: 422,
        body: { errors: [{ path: `$.${name}`, message: expect.stringMatching(/^must be a whole number/) }] },
      });
  });

  it('should have no sign where it is zero', async () => {
    const text = JSON.stringify(marketBody({ name: 'minus nothing' })).replace('"bandwidthMB":20480', '"bandwidthMB":-0');
    const { body } = await api.client.post('/v1/markets', { key: scene.operatorKey, text });
    expect([body.bandwidthMB, Object.is(body.bandwidthMB, 0)]).toEqual([0, true]);
  });

  it.each(['1e3', '+5', '1_000', '.5', '5.', '1,5', ' 5', '05e1', 'Infinity', '9999999999'])(
    'should not be the amount %j',
    async (amount) => {
      const { accountId } = scene.bidders[0];
      const headers = { 'idempotency-key': 'odd' };
      const answer = await api.client.post(`/v1/accounts/${accountId}/deposits`, { key: scene.operatorKey, body: { amount }, headers });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: '$.amount' }] } });
    },
  );
});

it.each([
  ['wait=1000000', '30'],
  ['wait=99999999999999999999', '30'],
  ['respond-async, wait=0', '0'],
])('should cut %s to what it waits at most, and say so', async (prefer, seconds) => {
  await api.client.patch(market(), { key: scene.operatorKey, body: { status: 'open' } });
  const waiting = api.client.post(`${market()}/bids`, {
    key: scene.bidders[1].key,
    body: jobBody(scene.siteIds, { chunks: {} }),
    headers: { 'idempotency-key': prefer.replaceAll(/\W/g, ''), prefer },
  });
  await closeSoon(seconds);
  expect((await waiting).headers['preference-applied']).toBe(`wait=${seconds}`);
});

/** Nobody decides here: the bid's decision is written as a worker would, so that nobody waits for thirty seconds. */
async function closeSoon(seconds: string): Promise<void> {
  if (seconds === '0') return;
  await new Promise((resolve) => setTimeout(resolve, 500));
  await api.pool
    .query(`INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, reason)
    SELECT u.bid_id, u.market_id, 1000000 + u.bid_id, 1, 'refused', 0, 1, 0, '{"code":"no_data","detail":"test"}' FROM undecided_bid u`);
}
