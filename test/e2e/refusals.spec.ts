/** Real: the API over real sockets, Postgres. Every problem that can be had over HTTP is met once, and each is a whole document that says where. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBLEMS, type ProblemCode } from '#contracts';
import { startSibling, startTestApi, type TestApi } from '../support/api.js';
import { jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';
import { exchange, requestText } from '../support/wire.js';

/** A stream stays for so long, and is open after so long, ms; so is what waits for its statement. */
const STREAM_MS = 1_500;
const OPEN_MS = 100;

type Sibling = Awaited<ReturnType<typeof startSibling>>;

let api: TestApi;
/** Others over the same database: one that has next to nothing to give, one that lets next to nothing through. */
let tight: Sibling;
let slow: Sibling;
let scene: Scene;
let other: Scene;
let closed: string;
let paused: string;
let realtime: string;
beforeAll(async () => {
  api = await startTestApi({ worker: false, settings: { bodyTimeoutMs: 300, undecidedMax: 2 } });
  tight = await startSibling(api.databaseUrl, { accept: { waitMs: 300, queueMax: 1 }, eventStreamsMax: 2 });
  slow = await startSibling(api.databaseUrl, { rateLimit: { perSecond: 0.01, burst: 1 }, connectionsMax: 1 });
  scene = await setScene(api.client, api.adminKey, { name: 'refused', sites: 1 });
  other = await setScene(api.client, api.adminKey, { name: 'elsewhere', sites: 1 });
  const open = async (fields: object): Promise<string> =>
    (await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody(fields) })).body.id;
  [closed, paused, realtime] = [
    await open({ name: 'closed' }),
    await open({ name: 'paused' }),
    await open({ name: 'r', clock: 'realtime' }),
  ];
  for (const [id, status] of [
    [closed, 'closed'],
    [paused, 'paused'],
  ])
    await api.client.patch(`/v1/markets/${id}`, { key: scene.operatorKey, body: { status } });
}, 60_000);
afterAll(async () => {
  await Promise.all([tight.close(), slow.close()]);
  await api.close();
});

interface Asked {
  readonly line: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: readonly string[];
  readonly text?: string;
  /** Where it is asked, if not at the first process. */
  readonly at?: Sibling;
}

/** A request as it goes over the wire. */
function wireText({ line, key, body, headers = [], text = body === undefined ? '' : JSON.stringify(body) }: Asked): string {
  const all = [
    ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
    ...(text === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
    ...headers,
    'Connection: close',
  ];
  return requestText(line, all, Buffer.from(text).toString('latin1'));
}

const operator = (line: string, rest: Omit<Asked, 'line'> = {}): Asked => ({ line, key: scene.operatorKey, ...rest });
const bid = (rest: Omit<Asked, 'line'> = {}, marketId = scene.marketId): Asked => ({
  line: `POST /v1/markets/${marketId}/bids`,
  key: scene.bidders[0].key,
  body: jobBody(scene.siteIds),
  headers: ['Idempotency-Key: refused'],
  ...rest,
});
const deposit = (amount: string, accountId = scene.bidders[0].accountId): Asked =>
  operator(`POST /v1/accounts/${accountId}/deposits`, { body: { amount }, headers: ['Idempotency-Key: refused'] });
const clock = (body: object, marketId = scene.marketId): Asked => operator(`POST /v1/markets/${marketId}/clock`, { body });
const market = (fields: object): Asked => operator('POST /v1/markets', { body: marketBody(fields) });

/** Opens a stream that stays for a while. @returns what asks for another one. */
async function stream({ client }: Sibling, { marketId, operatorKey: key } = scene): Promise<Asked> {
  const asked = { line: `GET /v1/markets/${marketId}/events`, key };
  void exchange(client.url, wireText(asked), STREAM_MS);
  await sleep(OPEN_MS);
  return asked;
}

/** How each is provoked, beside whatever has to be done before. */
const ASKED: Partial<Record<ProblemCode, () => Asked | Promise<Asked>>> = {
  malformed_json: () => bid({ text: '{"a":' }),
  malformed_request: () => operator('GET /v1/markets/%zz'),
  invalid_query: () => operator('GET /v1/markets?limit=0'),
  invalid_header: () => bid({ headers: ['Idempotency-Key: a b'] }),
  idempotency_key_missing: () => bid({ headers: [] }),
  unauthenticated: () => ({ line: 'GET /v1/markets' }),
  role_not_allowed: () => bid({ key: scene.operatorKey }),
  not_found: () => operator(`GET /v1/markets/${other.marketId}`),
  market_unknown: () => bid({}, other.marketId),
  route_unknown: () => operator('GET /v1/nothing'),
  method_not_allowed: () => operator('DELETE /v1/markets'),
  request_timeout: () => ({ ...bid({ headers: ['Content-Type: application/json', 'Content-Length: 4000'] }), body: undefined }),
  market_closed: () => bid({ body: jobBody([], { chunks: {} }) }, closed),
  market_paused: () => bid({ body: jobBody([], { chunks: {} }) }, paused),
  not_manual: () => clock({ slot: 3 }, realtime),
  clock_backwards: async () => {
    await api.client.post(`/v1/markets/${other.marketId}/clock`, { key: other.operatorKey, body: { slot: 5 } });
    return { ...clock({ slot: 4 }, other.marketId), key: other.operatorKey };
  },
  clock_leap: () => clock({ slot: 51 }),
  repairs_under_way: async () => {
    const { body } = await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name: 'withdrawn' }) });
    await api.client.post(`/v1/markets/${body.id}/windows`, { key: scene.operatorKey, body: { kind: 'outage', scope: 'market' } });
    return operator(`POST /v1/markets/${body.id}/windows`, { body: { kind: 'outage', scope: 'bandwidth' } }); // no worker runs that would deal with it
  },
  capacity_sold: async () => {
    await api.pool.query(`INSERT INTO slot_usage VALUES ($1, 7, '{0,0,5000,0}', '{20480000,1000,12000,16000}')`, [other.marketId]);
    return {
      ...operator(`PATCH /v1/markets/${other.marketId}/sites/${other.siteIds[0]}`, { body: { capacity: { cpu: 1 } } }),
      key: other.operatorKey,
    };
  },
  name_taken: () => market({ name: 'closed' }),
  too_many_keys: async () => {
    await api.pool.query(
      `INSERT INTO api_key (organisation_id, role, hash, prefix)
       SELECT $1, 'auditor', sha256(n::text::bytea), 'eris_a_' FROM generate_series(1, 200) AS n`,
      [scene.bidders[1].id],
    );
    return operator(`POST /v1/organisations/${scene.bidders[1].id}/keys`, { body: { role: 'auditor' } });
  },
  request_in_flight: async () => {
    const client = await api.pool.connect();
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`${scene.operatorId}:refused`]);
    setTimeout(() => client.release(true), 8_000);
    return deposit('5');
  },
  body_too_large: () => market({ resources: new Array(3_000).fill('gpu') }),
  uri_too_long: () => operator(`GET /v1/markets/${'1'.repeat(300)}`),
  unsupported_media_type: () => ({
    ...bid({ headers: ['Idempotency-Key: a', 'Content-Type: text/xml', 'Content-Length: 2'] }),
    body: undefined,
  }),
  unsupported_charset: () => ({
    ...bid({ headers: ['Content-Type: application/json; charset=latin1', 'Content-Length: 2'] }),
    body: undefined,
  }),
  unsupported_encoding: () => bid({ headers: ['Content-Encoding: gzip'] }),
  expectation_failed: () => bid({ headers: ['Expect: wonders'] }),
  invalid_body: () => bid({ body: {} }),
  key_reused: async () => {
    await exchange(api.client.url, wireText(bid({ headers: ['Idempotency-Key: used'] })));
    return bid({ headers: ['Idempotency-Key: used'], body: jobBody(scene.siteIds, { label: 'another' }) });
  },
  market_too_large: async () => {
    const { body } = await api.client.post('/v1/markets', {
      key: scene.operatorKey,
      body: marketBody({ name: 'wide', horizonSlots: 10_000 }),
    });
    await api.pool.query(
      `INSERT INTO site (market_id, ordinal, name, capacity_milli) SELECT $1, n, 's' || n, '{0,0,0}' FROM generate_series(0, 49) n`,
      [body.id],
    );
    return operator(`POST /v1/markets/${body.id}/sites`, { body: { name: 'one more', capacity: {} } });
  },
  too_many_undecided: async () => {
    for (const name of ['one', 'two']) await exchange(api.client.url, wireText(bid({ headers: [`Idempotency-Key: ${name}`] })));
    return bid({ headers: ['Idempotency-Key: three'] });
  },
  too_many_budgets: async () => {
    const { id, key } = scene.bidders[1];
    await api.pool.query(
      `INSERT INTO budget (organisation_id, name, scope, per, amount_micros) SELECT $1, 'b' || n, 'organisation', 'all', 0 FROM generate_series(1, 50) n`,
      [id],
    );
    return { line: `PUT /v1/organisations/${id}/budgets/another`, key, body: { scope: 'organisation', per: 'all', amount: '1' } };
  },
  too_many_recurring: async () => {
    await api.pool.query(
      `INSERT INTO recurring_window (market_id, scope, rule, starts_at, time_zone, minutes, from_slot, opened_slot, skipped)
       SELECT $1, 'bandwidth', 'FREQ=YEARLY', '2031-01-01T02:00', 'UTC', 30, 1, 100, '{}' FROM generate_series(1, 50)`,
      [scene.marketId],
    );
    const body = { rule: 'FREQ=YEARLY', start: '2031-01-01T02:00', timeZone: 'UTC', minutes: 30, scope: 'bandwidth' };
    return operator(`POST /v1/markets/${scene.marketId}/recurring-windows`, { body });
  },
  rate_limited: async () => {
    const { key } = scene.bidders[1];
    await slow.client.get('/v1/markets', { key });
    return { line: 'GET /v1/markets', key, at: slow };
  },
  connections_open: async () => {
    await stream(slow);
    return { line: 'GET /v1/markets', at: slow };
  },
  share_exceeded: async () => ({ ...(await stream(tight)), at: tight }),
  streams_open: async () => {
    await stream(tight, other);
    return { ...(await stream(tight)), at: tight };
  },
  overloaded: async () => {
    void exchange(tight.client.url, wireText(bid({ headers: ['Idempotency-Key: first'] })));
    await sleep(OPEN_MS);
    return bid({ headers: ['Idempotency-Key: second'], at: tight });
  },
  http_version_unsupported: () => operator('GET /v1/markets HTTP/3.7 '),
  headers_too_large: () => operator('GET /v1/markets', { headers: [`X-Much: ${'x'.repeat(20_000)}`] }),
};

/** What it takes more to have, or a fault of the server. */
const ELSEWHERE: Partial<Record<ProblemCode, string>> = {
  precondition_failed: 'test/e2e/addresses.spec.ts',
  quote_outdated: 'test/e2e/quotes.spec.ts',
  quote_expired: 'test/e2e/cancelling.spec.ts',
  cancellation_outdated: 'test/e2e/cancelling.spec.ts',
  allocation_over: 'test/e2e/cancelling.spec.ts',
  budget_reserved: 'test/e2e/cancelling.spec.ts',
  clock_off: 'test/e2e/outages.spec.ts',
  preview_outdated: 'test/e2e/outages.spec.ts',
  site_not_allowed: 'test/e2e/outages.spec.ts',
  origin_not_allowed: 'test/e2e/sessions.spec.ts',
  scope_not_allowed: 'test/e2e/scopes.spec.ts',
  sequence_unknown: 'test/e2e/book.spec.ts',
  window_over: 'test/e2e/outages.spec.ts',
  window_overlaps: 'test/e2e/outages.spec.ts',
  range_not_satisfiable: 'test/e2e/addresses.spec.ts',
  decisions_pending: 'test/integration/clock.spec.ts',
  balance_limit: 'test/integration/accounts.spec.ts',
  requests_in_hand: 'apps/api/src/http/quota.spec.ts',
  bodies_in_hand: 'apps/api/src/http/quota.spec.ts',
  waits_under_way: 'apps/api/src/http/quota.spec.ts',
  database_unavailable: 'test/e2e/database-lost.spec.ts',
  schema_mismatch: 'test/integration/schemas.spec.ts',
  stopping: 'test/e2e/ending.spec.ts',
  internal_error: 'apps/api/src/http/http-edge.spec.ts',
  pricing_busy: 'apps/api/src/http/turns.spec.ts',
  quote_failed: 'apps/api/src/http/turns.spec.ts',
  database_busy: 'test/e2e/deposits-at-once.spec.ts',
  not_acceptable: 'apps/api/src/http/refused-status.spec.ts',
};

it('leaves no problem out', () => {
  expect([...Object.keys(ASKED), ...Object.keys(ELSEWHERE)].sort()).toEqual(Object.keys(PROBLEMS).sort());
});

/** Refused before anything was read: nobody knows where it was to go, so that it is told by its id. */
const UNREAD: ReadonlySet<string> = new Set(['connections_open']);

it.each(Object.keys(ASKED) as ProblemCode[])('tells all of %s', async (code) => {
  const asked = await ASKED[code]?.();
  if (!asked) throw new Error('nothing to ask');
  const answer = await exchange((asked.at ?? api).client.url, wireText(asked));
  const [head, body] = answer.split('\r\n\r\n');
  const { status, title, remedy } = PROBLEMS[code];
  const problem = JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  expect(problem).toMatchObject({ type: `urn:eris:problem:${code}`, status, title, remedy });
  const [, path] = asked.line.split(/[ ?]/);
  expect(problem.instance).toBe(UNREAD.has(code) ? `urn:eris:request:${problem.requestId}` : path);
  expect(problem.detail.length).toBeGreaterThan(4);
  for (const line of [
    `HTTP/1.1 ${status} `,
    'content-type: application/problem+json\r\n',
    `x-request-id: ${problem.requestId}\r\n`,
    `content-length: ${body.length}\r\n`,
    ...(status === 429 || status === 503 ? ['retry-after: '] : []),
    ...(status === 405 ? ['allow: '] : []),
    ...(status === 401 ? ['www-authenticate: Bearer'] : []),
  ])
    expect(`${head}\r\n`.toLowerCase()).toContain(line.toLowerCase());
});
