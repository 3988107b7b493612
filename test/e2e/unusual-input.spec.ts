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
  it.each([...BLANKS, ...DECEIVING, '', 'x'.repeat(201)])('is not %j', async (text) => {
    expect(await give(text)).toMatchObject({ status: 422, body: { errors: [{ path, message: expect.stringMatching(/^must /) }] } });
  });

  it('is not half of a surrogate pair, escaped as JSON does', async () => {
    expect(await give('a\ud800b')).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('is what people write', async () => {
    expect((await give(' Zürich – 東京 👩‍🔬 ')).status).toBeLessThan(300);
  });
});

it('takes names that look alike for one name', async () => {
  const name = (text: string) => api.client.post('/v1/organisations', { key: scene.operatorKey, body: { name: text } });
  expect(await name('caf\u00e9')).toMatchObject({ status: 201, body: { name: 'caf\u00e9' } });
  for (const same of ['cafe\u0301', ' caf\u00e9 ', 'caf\u00e9\u3000']) expect((await name(same)).status).toBe(409);
});

describe('a number of a query', () => {
  const NUMBERS = ['1e3', '+5', '-1', '-0', '1.0', '0x10', '1_000', ' 5', '5 ', 'NaN', 'true', '٣', '１', '007', '00', '0000001'].concat([
    '99999999999999999999',
    '2147483648000',
    '9'.repeat(400),
    `1${'0'.repeat(309)}`,
  ]);
  /** Beyond every range, but that of a log. */
  const SEQUENCE = '2147483648000';
  /** Every list, with all its numbers. */
  const LISTS: readonly (readonly [string, readonly string[]])[] = [
    ['/v1/organisations', ['limit']],
    ['/v1/keys', ['limit']],
    ['/v1/markets', ['limit']],
    ['/v1/accounts', ['limit']],
    ['MARKET/sites', ['limit']],
    ['MARKET/bids', ['limit']],
    ['ACCOUNT/entries', ['limit']],
    ['MARKET/prices', ['from', 'to']],
    ['MARKET/events', ['after']],
  ];
  const pathOf = (path: string): string =>
    path.replace('MARKET', market()).replace('ACCOUNT', `/v1/accounts/${scene.bidders[0].accountId}`);

  it.each(LISTS.flatMap(([path, names]) => names.map((name) => [path, name])))(
    'is one, in plain digits, in its range: %s, %s',
    async (path, name) => {
      for (const text of NUMBERS.filter((each) => name !== 'after' || each !== SEQUENCE))
        expect([text, await get(`${pathOf(path)}?${name}=${encodeURIComponent(text)}`)]).toMatchObject([
          text,
          { status: 400, body: { errors: [{ path: `query.${name}`, message: expect.stringMatching(/^must be /) }] } },
        ]);
    },
  );

  it.each(LISTS.filter(([, names]) => names.includes('limit')))('is told its range where it is beyond: %s', async (path) => {
    const message = expect.stringMatching(/^must be at most \d+$/);
    for (const text of ['100000', '99999999999999999999', '9'.repeat(400)])
      expect(await get(`${pathOf(path)}?limit=${text}`)).toMatchObject({ status: 400, body: { errors: [{ message }] } });
    expect(await get(`${pathOf(path)}?limit=0`)).toMatchObject({ status: 400, body: { errors: [{ message: 'must be at least 1' }] } });
    expect((await get(`${pathOf(path)}?limit=1`)).status).toBe(200);
  });

  it('is given once, as all parameters', async () => {
    const LABELS = ['label=a&label=b', 'status=queued&status=queued', 'limit=1&limit=2', 'cursor=a&cursor=b', 'limit=1&limit='];
    for (const query of LABELS)
      expect(await get(`${market()}/bids?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ path: `query.${query.split('=')[0]}`, message: 'must be given once' }] },
      });
  });

  it('counts as absent where it is empty, as every value of a query does', async () => {
    for (const [path] of LISTS.filter(([list]) => !list.endsWith('events'))) {
      const empty = path.endsWith('prices') ? 'from=&to=' : `limit=&cursor=${path.endsWith('bids') ? '&label=&status=' : ''}`;
      expect((await get(`${pathOf(path)}?${empty}`)).body).toEqual((await get(pathOf(path))).body);
    }
  });

  it('is a cursor as it was given, and no other text that could be read as one', async () => {
    for (const text of ['after:01', 'after: 1', 'after:-1', 'after:+1', 'after:1e3', 'after:99999999999999999999', 'after:1\n', '1'])
      expect(await get(`/v1/markets?cursor=${Buffer.from(text).toString('base64url')}`)).toMatchObject({ status: 400 });
    const cursor = Buffer.from('after:1').toString('base64url');
    expect((await get(`/v1/markets?cursor=${cursor}`)).status).toBe(200);
    for (const text of [`${cursor}==`, `${cursor}%20`, `${cursor}!`, `%20${cursor}`, `${cursor.slice(0, 4)}*${cursor.slice(4)}`])
      expect(await get(`/v1/markets?cursor=${text}`)).toMatchObject({ status: 400, body: { errors: [{ path: 'query.cursor' }] } });
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

  it.each(WHOLE)('lies in its range, and is told which one that is: %s', async (name, give) => {
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

  it('has no sign where it is zero', async () => {
    const text = JSON.stringify(marketBody({ name: 'minus nothing' })).replace('"bandwidthMB":20480', '"bandwidthMB":-0');
    const { body } = await api.client.post('/v1/markets', { key: scene.operatorKey, text });
    expect([body.bandwidthMB, Object.is(body.bandwidthMB, 0)]).toEqual([0, true]);
  });

  it.each(['1e3', '+5', '1_000', '.5', '5.', '1,5', ' 5', '05e1', 'Infinity', '9999999999'])('is not the amount %j', async (amount) => {
    const { accountId } = scene.bidders[0];
    const headers = { 'idempotency-key': 'odd' };
    const answer = await api.client.post(`/v1/accounts/${accountId}/deposits`, { key: scene.operatorKey, body: { amount }, headers });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: '$.amount' }] } });
  });
});

it.each([
  ['wait=1000000', '30'],
  ['wait=99999999999999999999', '30'],
  ['respond-async, wait=0', '0'],
])('cuts %s to what it waits at most, and says so', async (prefer, seconds) => {
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
