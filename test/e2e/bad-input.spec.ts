import { startTestApi, type TestApi } from '../support/api.js';
import { jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'bad input' });
}, 60_000);
afterAll(() => api.close());

const bidsPath = () => `/v1/markets/${scene.marketId}/bids`;
const headers = { 'idempotency-key': 'bad' };
const manySites = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [String(index + 1), 1]));

describe('a bad bid', () => {
  afterEach(async () => {
    const { rows } = await api.pool.query('SELECT id FROM bid WHERE market_id = $1', [scene.marketId]);
    expect(rows).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['an unknown site', { chunks: { 424242: 1 } }, '$.chunks.424242'],
    ['negative chunks', { chunks: { 1: -1 } }, '$.chunks.1'],
    ['fractional chunks', { chunks: { 1: 1.5 } }, '$.chunks.1'],
    ['an amount with a unit', { parameterMB: '97.4 MB' }, '$.parameterMB'],
    ['an unknown resource', { worker: { tpu: 1 } }, '$.worker.tpu'],
    ['a negative resource', { worker: { gpu: -1 } }, '$.worker.gpu'],
    ['a rising table', { valuation: { kind: 'table', values: [3, 2, 2.5] } }, '$.valuation.values[2]'],
    ['a negative value', { valuation: { kind: 'deadline', value: -1, deadline: 3 } }, '$.valuation.value'],
    ['an unknown valuation', { valuation: { kind: 'exponential' } }, '$.valuation.kind'],
    ['no valuation', { valuation: undefined }, '$.valuation'],
    ['a width of zero', { valuation: { kind: 'sigmoid', scale: 1, tau: 1, width: 0 } }, '$.valuation.width'],
    ['10,000 sites', { chunks: manySites }, '$.chunks'],
    ['no epochs', { epochs: 0 }, '$.epochs'],
    ['a throughput of zero', { throughput: 0 }, '$.throughput'],
    ['an unknown field', { arrival: 3 }, '$.arrival'],
  ])('is told of %s', async (_name, fields, path) => {
    const answer = await api.client.post(bidsPath(), { key: scene.bidders[0].key, body: jobBody(scene.siteIds, fields), headers });
    expect(answer).toMatchObject({
      status: 422,
      body: { type: 'urn:eris:problem:invalid_body', errors: expect.arrayContaining([{ path, message: expect.any(String) }]) },
    });
  });

  it('is told that its JSON is malformed', async () => {
    const answer = await api.client.post(bidsPath(), { key: scene.bidders[0].key, text: '{"chunks": {', headers });
    expect(answer).toMatchObject({ status: 400, body: { type: 'urn:eris:problem:malformed_json' } });
  });

  it('is told that it is too large', async () => {
    const answer = await api.client.post(bidsPath(), { key: scene.bidders[0].key, body: { label: 'x'.repeat(5 * 1024 * 1024) }, headers });
    expect(answer).toMatchObject({ status: 413, body: { type: 'urn:eris:problem:body_too_large' } });
  });

  it('is told that infinity is no number', async () => {
    const text = JSON.stringify(jobBody(scene.siteIds)).replace('97.4', '1e999');
    expect(await api.client.post(bidsPath(), { key: scene.bidders[0].key, text, headers })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.parameterMB', message: expect.stringContaining('too large to be read') }] },
    });
  });

  it('is told that the key is dead', async () => {
    expect(await api.client.post(bidsPath(), { key: 'eris_b_nobody', body: jobBody(scene.siteIds), headers })).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  it('is told that operators do not bid', async () => {
    expect(await api.client.post(bidsPath(), { key: scene.operatorKey, body: jobBody(scene.siteIds), headers })).toMatchObject({
      status: 403,
      body: { type: 'urn:eris:problem:role_not_allowed' },
    });
  });

  it('is told nothing of a market of others', async () => {
    const other = await setScene(api.client, api.adminKey, { name: 'elsewhere' });
    const answer = await api.client.post(`/v1/markets/${other.marketId}/bids`, {
      key: scene.bidders[0].key,
      body: jobBody(other.siteIds),
      headers,
    });
    expect(answer).toMatchObject({ status: 404, body: { type: 'urn:eris:problem:market_unknown' } });
  });

  it.each(['paused', 'closed'])('is told that the market is %s', async (status) => {
    const own = await setScene(api.client, api.adminKey, { name: `a ${status} one` });
    await api.client.patch(`/v1/markets/${own.marketId}`, { key: own.operatorKey, body: { status } });
    const answer = await api.client.post(`/v1/markets/${own.marketId}/bids`, {
      key: own.bidders[0].key,
      body: jobBody(own.siteIds),
      headers,
    });
    expect(answer).toMatchObject({ status: 409, body: { type: `urn:eris:problem:market_${status}` } });
  });
});

describe('a bad market', () => {
  it.each<[string, object, string]>([
    ['a gamma too few', { resources: ['gpu', 'cpu', 'memoryGB', 'disk'] }, '$.prices.gamma.disk'],
    ['a gamma too many', { resources: ['gpu', 'cpu'] }, '$.prices.gamma.memoryGB'],
    [
      'a gamma below one',
      { prices: { gamma: { bandwidth: 0.5, gpu: 2, cpu: 2, memoryGB: 2 }, unit: '1', reserve: '0' } },
      '$.prices.gamma.bandwidth',
    ],
    [
      'seven fraction digits',
      { prices: { gamma: { bandwidth: 2, gpu: 2, cpu: 2, memoryGB: 2 }, unit: '1.0000001', reserve: '0' } },
      '$.prices.unit',
    ],
    ['an amount as a number', { prices: { gamma: { bandwidth: 2, gpu: 2, cpu: 2, memoryGB: 2 }, unit: 1, reserve: '0' } }, '$.prices.unit'],
    ['no slots', { horizonSlots: 0 }, '$.horizonSlots'],
    ['a resource twice', { resources: ['gpu', 'gpu'] }, '$.resources'],
    ['another clock', { clock: 'sundial' }, '$.clock'],
    ['no name', { name: '' }, '$.name'],
  ])('is told of %s', async (_name, fields, path) => {
    const answer = await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name: 'bad', ...fields }) });
    expect(answer).toMatchObject({ status: 422, body: { errors: expect.arrayContaining([{ path, message: expect.any(String) }]) } });
  });
});

it.each([['0'], ['-5'], ['1.0000001'], ['ten'], [5], ['1e3']])('refuses to deposit %p', async (amount) => {
  const { accountId } = scene.bidders[0];
  const answer = await api.client.post(`/v1/accounts/${accountId}/deposits`, { key: scene.operatorKey, body: { amount }, headers });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: '$.amount' }] } });
});

it.each([
  ['{"__proto__": {}}', ['$.__proto__']],
  [
    '{"\\u005f_proto__": 1, "prices": {"gamma": {"__proto__": {"__proto__": 3}}}}',
    ['$.__proto__', '$.prices.gamma.__proto__', '$.prices.gamma.__proto__.__proto__'],
  ],
  ['{"constructor": {"prototype": {}}}', ['$.constructor.prototype']],
  ['{"resources": [1, {"a": {"constructor": {"x": 1, "prototype": null}}}]}', ['$.resources[1].a.constructor.prototype']],
])('tells where in %s there is what no object may have', async (text, paths) => {
  const { status, body } = await api.client.post('/v1/markets', { key: scene.operatorKey, text });
  expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([422, paths]);
  expect(body.detail).toMatch(/__proto__|prototype/);
  expect(body.detail).not.toContain('JSON');
});

it('tells what is wrong, and not what follows from it', async () => {
  const errorsOf = async (fields: object) =>
    (await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name: 'bad', ...fields }) })).body.errors;
  expect(await errorsOf({ resources: [] })).toEqual([{ path: '$.resources', message: 'must name at least one resource' }]);
  expect(await errorsOf({ resources: ['bandwidth'] })).toEqual([
    { path: '$.resources', message: '"bandwidth" is not a resource of a site' },
  ]);
  const chunks = Object.fromEntries(scene.siteIds.map((id) => [id, 15_000]));
  const path = `/v1/markets/${scene.marketId}/quotes`;
  const { body } = await api.client.post(path, { key: scene.bidders[0].key, body: jobBody(scene.siteIds, { chunks }) });
  expect(body.errors).toEqual([{ path: '$.chunks', message: 'must hold at most 20000 chunks in all; these are 45000' }]);
});
