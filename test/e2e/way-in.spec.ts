import { startTestApi, type TestApi } from '../support/api.js';
import { PROBLEMS, type ProblemCode } from '#contracts';
import { addBidder, jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';
import { exchange as send, requestText as request } from '../support/wire.js';

const ORIGIN = 'https://shop.example';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ settings: { bodyTimeoutMs: 300, corsOrigins: [ORIGIN] } });
  scene = await setScene(api.client, api.adminKey, { name: 'way in', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const exchange = (text: string, forMs?: number): Promise<string> => send(api.client.url, text, forMs);
const keyed = (): string => `Authorization: Bearer ${scene.bidders[0].key}`;
const json = 'Content-Type: application/json';
const bids = (): string => `POST /v1/markets/${scene.marketId}/bids`;

const REFUSED: readonly (readonly [string, () => string, ProblemCode])[] = [
  ['a line that is none', () => 'GARBAGE\r\n\r\n', 'malformed_request'],
  ['another version', () => 'GET / HTTP/3.7\r\nHost: a\r\n\r\n', 'http_version_unsupported'],
  ['headers beyond measure', () => request('GET /healthz', [`X-Much: ${'x'.repeat(20_000)}`]), 'headers_too_large'],
  ['no host', () => 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 'malformed_request'],
  ['two hosts', () => request('GET /healthz', ['Host: other', 'Connection: close']), 'malformed_request'],
  ['a host that is none', () => 'GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 'malformed_request'],
  ['an escape that is none', () => request('GET /v1/markets/%zz', ['Connection: close']), 'malformed_request'],
  ['a bad chunk', () => request(bids(), [keyed(), json, 'Transfer-Encoding: chunked'], 'zz\r\n'), 'malformed_request'],
  ['an expectation', () => request(bids(), [keyed(), json, 'Expect: wonders', 'Content-Length: 2'], '{}'), 'expectation_failed'],
  ['a tunnel', () => 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 'method_not_allowed'],
  [
    'a compressed body',
    () => request(bids(), [keyed(), json, 'Content-Encoding: gzip', 'Content-Length: 3'], 'abc'),
    'unsupported_encoding',
  ],
  [
    'a body that is compressed on its way',
    () => request(bids(), [keyed(), json, 'Transfer-Encoding: gzip, chunked'], '2\r\n{}\r\n0\r\n\r\n'),
    'unsupported_encoding',
  ],
  ['another charset', () => request(bids(), [keyed(), `${json}; charset=latin1`, 'Content-Length: 2'], '{}'), 'unsupported_charset'],
  [
    'bytes that are no UTF-8',
    () => request(bids(), [keyed(), json, 'Content-Length: 12'], '{"label":"\xff"}'.slice(0, 12)),
    'malformed_json',
  ],
  ['a body too large by its own word', () => request(bids(), [keyed(), json, 'Content-Length: 99999999'], '{'), 'body_too_large'],
  ['a body that does not come', () => request(bids(), [keyed(), json, 'Content-Length: 4000'], '{'), 'request_timeout'],
  ['a body for nothing', () => request('POST /nowhere', [json, 'Content-Length: 4194304']), 'route_unknown'],
  ['a body for another method', () => request('PATCH /v1/markets', [json, 'Content-Length: 4194304']), 'method_not_allowed'],
  ['a body without a key', () => request(bids(), [json, 'Content-Length: 4194304']), 'unauthenticated'],
];

it.each(REFUSED)('refuses %s with a problem, and ends the connection', async (_name, text, code) => {
  const [head, body] = (await exchange(text())).split('\r\n\r\n');
  expect(head.split('\r\n')[0]).toContain(` ${PROBLEMS[code].status} `);
  expect(JSON.parse(body)).toMatchObject({ type: `urn:eris:problem:${code}`, status: PROBLEMS[code].status });
  for (const header of [
    'content-type: application/problem+json',
    'x-content-type-options: nosniff',
    'content-security-policy:',
    'referrer-policy: no-referrer',
    'x-request-id: ',
    'connection: close',
  ])
    expect(head.toLowerCase()).toContain(header);
});

it('lets the answer be read where much more is sent than is wanted', async () => {
  const answer = await exchange(request(bids(), [json, 'Content-Length: 8000000'], ' '.repeat(8_000_000)));
  expect(answer).toMatch(/^HTTP\/1.1 401 /);
});

it.each([
  ['a declared type', [json]],
  ['a length of zero', [json, 'Content-Length: 0']],
  ['chunks of nothing', [json, 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['a body of whatever kind', ['Content-Type: text/xml', 'Content-Length: 3'], 'abc'],
] as const)('does what needs no body with %s', async (_name, headers, body: string = '') => {
  const { body: made } = await api.client.post(`/v1/organisations/${scene.operatorId}/keys`, {
    key: scene.operatorKey,
    body: { role: 'auditor' },
  });
  const authorization = `Authorization: Bearer ${scene.operatorKey}`;
  const answer = await exchange(request(`DELETE /v1/keys/${made.id}`, [authorization, 'Connection: close', ...headers], body));
  expect(answer).toMatch(/^HTTP\/1.1 204 /);
  expect((await api.client.get('/v1/markets', { key: made.key })).status).toBe(401);
  expect(await exchange(request('GET /v1/markets', [authorization, 'Connection: close', ...headers], body))).toMatch(/^HTTP\/1.1 200 /);
});

it('answers what is pipelined one after the other, a refusal in its turn', async () => {
  const answer = await exchange(`${request('GET /healthz').repeat(20)}GARBAGE\r\n\r\n`);
  expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([...new Array<string>(20).fill('200'), '400']);
});

it('takes 100 bodies without a length at once, however small a part of the limit they are', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const text = JSON.stringify(jobBody(scene.siteIds));
      const chunked = `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
      const headers = [
        keyed(),
        json,
        'Transfer-Encoding: chunked',
        `Idempotency-Key: chunked-${index}`,
        'Prefer: wait=10',
        'Connection: close',
      ];
      return (await exchange(request(bids(), headers, chunked), 20_000)).split(' ')[1];
    }),
  );
  expect(statuses).toEqual(new Array<string>(100).fill('200'));
}, 30_000);

it('believes an address where Last-Event-ID is empty, and takes empty values as absent', async () => {
  const path = `/v1/markets/${scene.marketId}`;
  const stream = await exchange(request(`GET ${path}/events?after=2`, [keyed(), 'Last-Event-ID: ']), 500);
  expect(stream).toContain('id: 3\n');
  expect(stream).not.toContain('id: 1\n');
  expect((await api.client.get(`${path}/bids?cursor=&limit=&status=&label=`, { key: scene.operatorKey })).status).toBe(200);
  const unnamed = await api.client.post(`${path}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': '' },
  });
  expect(unnamed.body.type).toBe('urn:eris:problem:idempotency_key_missing');
});

it('lets pages of listed origins in, and no others', async () => {
  const preflight = (origin: string) =>
    fetch(`${api.client.url}/v1/markets`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const allowed = await preflight(ORIGIN);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key');
  expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  for (const origin of ['https://shop.example.evil', 'http://shop.example', 'null'])
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  const { headers } = await api.client.get('/v1/markets', { headers: { origin: ORIGIN } });
  expect(headers['access-control-allow-origin']).toBe(ORIGIN);
  expect(headers['access-control-expose-headers']).toContain('retry-after');
  expect(headers.vary).toBe('origin');
});

it.each([
  ['/v1/markets/%zz', 400, 'malformed_request'],
  [`/v1/markets/${'1'.repeat(1_000)}`, 414, 'uri_too_long'],
])('lets those pages read what the router refuses, and counts it: %s', async (path, status, code) => {
  const counted = async (): Promise<number> => {
    const { body } = await api.client.get('/metrics');
    return Number(new RegExp(`^eris_refusals_total\\{code="${code}"\\} (\\d+)$`, 'm').exec(String(body))?.[1] ?? 0);
  };
  const before = await counted();
  const answer = await api.client.get(path, { headers: { origin: ORIGIN } });
  expect(answer).toMatchObject({ status, headers: { 'access-control-allow-origin': ORIGIN, vary: 'origin' } });
  expect(await counted()).toBe(before + 1);
});

it('names each request by its id, in the answer and in the problem', async () => {
  const mine = await api.client.get('/v1/nothing', { headers: { 'x-request-id': 'trace:7f3a-11' } });
  expect([mine.headers['x-request-id'], mine.body.requestId]).toEqual(['trace:7f3a-11', 'trace:7f3a-11']);
  const ids = await Promise.all(
    ['', 'a b', 'x'.repeat(100), '"quoted"'].map(
      async (given) => (await api.client.get('/healthz', { headers: { 'x-request-id': given } })).headers,
    ),
  );
  expect(new Set(ids.map((headers) => headers['x-request-id'])).size).toBe(4);
  for (const headers of ids) expect(headers['x-request-id']).toMatch(/^[\w-]{12}\.[0-9a-z]+$/);
});

it('refuses what holds more values than it may before it makes anything of them', async () => {
  const { bidders, marketId, operatorKey } = scene;
  const many = `[${'{},'.repeat(1_000_000)}{}]`;
  const calls = [
    api.client.post(`/v1/markets/${marketId}/bids/bulk`, { key: bidders[0].key, text: `{"bids":${many}}` }),
    api.client.post(`/v1/markets/${marketId}/bids`, { key: bidders[0].key, text: many, headers: { 'idempotency-key': 'many' } }),
    api.client.post('/v1/markets', { key: operatorKey, body: marketBody({ resources: new Array(3_000).fill('gpu') }) }),
  ];
  for (const { body } of await Promise.all(calls)) expect(body.type).toBe('urn:eris:problem:body_too_large');
  const deep = await api.client.post('/v1/markets', { key: operatorKey, text: '['.repeat(1_500) + ']'.repeat(1_500) });
  expect(deep.body).toMatchObject({ type: 'urn:eris:problem:malformed_json', detail: 'A body may be 32 levels deep.' });
});

it('lists no more than twenty faults, and of many bad bids at least one each', async () => {
  const { bidders, marketId } = scene;
  const values = new Array(10_000).fill('a');
  const bad = jobBody(scene.siteIds, { valuation: { kind: 'table', values } });
  const one = await api.client.post(`/v1/markets/${marketId}/bids`, {
    key: bidders[0].key,
    body: bad,
    headers: { 'idempotency-key': 'bad' },
  });
  expect(one.status).toBe(422);
  expect(one.body.errors).toHaveLength(20);
  const items = Array.from({ length: 30 }, (_, index) => ({
    idempotencyKey: `bad-${index}`,
    ...jobBody(scene.siteIds, { chunks: { 1: 'x', 2: 'y', 3: 'z' } }),
  }));
  const { body } = await api.client.post(`/v1/markets/${marketId}/bids/bulk`, { key: bidders[0].key, body: { bids: items } });
  const listed = body.results.map(({ problem }: { problem: { errors: unknown[] } }) => problem.errors.length);
  expect(Math.min(...listed)).toBe(1);
  expect(listed.reduce((sum: number, count: number) => sum + count, 0)).toBeLessThan(60);
});

it('holds nothing once all is over', async () => {
  await addBidder(api.client, { operatorKey: scene.operatorKey, name: 'last', funds: '0' });
  const held = async (): Promise<string[]> => {
    const { body } = await api.client.get('/metrics');
    return [...String(body).matchAll(/^eris_held\{what="([^"]+)"\} (\S+)$/gm)].filter(([, , value]) => value !== '0').map(([line]) => line);
  };
  await until(async () => (await held()).length === 0, { everyMs: 50, maxMs: 5_000 });
});
