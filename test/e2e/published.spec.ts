import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { createParser } from 'eventsource-parser';
import { eventKinds } from '#contracts';
import { standardKinds } from '#kinds';
import { createThinker, LearnPrices } from '#market';
import { createLearningStore } from '#persistence';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Json } from '../support/api-client.js';
import { moveOracleThereAndBack } from '../support/oracle-moves.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

const ORIGIN = 'https://shop.example';
/** The form of a message, which HTTP itself describes. */
const OF_THE_FORM = new Set(['content-type', 'content-length', 'transfer-encoding', 'date', 'connection', 'keep-alive']);

let api: TestApi;
let scene: Scene;
let document: Json;
beforeAll(async () => {
  const settings = { corsOrigins: [ORIGIN], rateLimit: { perSecond: 1000, burst: 1000 } };
  api = await startTestApi({ settings });
  scene = await setScene(api.client, api.adminKey, { name: 'published', sites: 1 });
  document = (await api.client.get('/openapi.json')).body;
}, 60_000);
afterAll(() => api.close());

interface Request {
  readonly method?: string;
  readonly path: string;
  /** Its path in the document; nothing where there is none. */
  readonly template?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const authorization = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

async function ask({ method = 'GET', path, key, headers = {}, body }: Request): Promise<Response> {
  const sent: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${api.client.url}${path}`, {
    method,
    headers: { origin: ORIGIN, ...sent, ...(key === undefined ? {} : authorization(key)), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  return response;
}

/** The headers that the document declares for an answer, in small letters. */
function declaredFor({ method = 'GET', template }: Request, status: number): string[] {
  const elsewhere = document.components.responses[status === 405 ? 'MethodNotAllowed' : 'RouteUnknown'];
  const { headers } = template === undefined ? elsewhere : document.paths[template][method.toLowerCase()].responses[status];
  for (const name of Object.keys(headers)) expect(document.components.headers[name].description).toMatch(/\.$/);
  return Object.keys(headers).map((name) => name.toLowerCase());
}

/** Requests of every kind, with the status that each gets and a header of its own that this one has. */
function requests(): readonly (Request & { readonly status: number; readonly own?: string })[] {
  const { marketId, siteIds, operatorKey, bidders } = scene;
  const [{ key, accountId }] = bidders;
  const markets = { path: '/v1/markets', template: '/v1/markets' };
  const bids = { method: 'POST', path: `/v1/markets/${marketId}/bids`, template: '/v1/markets/{marketId}/bids', key };
  const bid = { ...bids, body: jobBody(siteIds), headers: { 'idempotency-key': 'published' } };
  const deposit = {
    method: 'POST',
    path: `/v1/accounts/${accountId}/deposits`,
    template: '/v1/accounts/{accountId}/deposits',
    key: operatorKey,
    body: { amount: '1' },
    headers: { 'idempotency-key': 'published' },
  };
  return [
    { path: '/healthz', template: '/healthz', status: 200, own: 'x-request-id' },
    { path: '/metrics', template: '/metrics', status: 200 },
    { ...markets, key, status: 200, own: 'ratelimit' },
    { ...markets, status: 401, own: 'www-authenticate' },
    { ...markets, key, path: '/v1/markets?limit=x', status: 400, own: 'ratelimit-policy' },
    { ...markets, key, method: 'POST', body: {}, status: 403 },
    { ...markets, key: operatorKey, method: 'POST', body: {}, status: 422 },
    { ...bid, status: 202 },
    { ...bid, status: 202, own: 'idempotency-replayed' },
    { ...bid, headers: { ...bid.headers, prefer: 'wait=20' }, status: 200, own: 'preference-applied' },
    { ...bid, headers: { ...bid.headers, 'content-encoding': 'gzip' }, status: 415, own: 'accept-encoding' },
    { ...bid, path: bid.path.replace(marketId, '999999'), status: 404 },
    { ...deposit, status: 201 },
    { ...deposit, status: 201, own: 'idempotency-replayed' },
    {
      path: `${bid.path.replace('bids', 'events')}`,
      template: '/v1/markets/{marketId}/events',
      key,
      status: 200,
      own: 'x-accel-buffering',
    },
    { path: '/v1/nothing', key, status: 404 },
    { path: '/v1/markets', method: 'DELETE', key, status: 405, own: 'allow' },
  ];
}

it('declares every header of every answer, by operation and status', async () => {
  for (const request of requests()) {
    const { status, headers } = await ask(request);
    expect([request.path, status]).toEqual([request.path, request.status]);
    const sent = [...headers.keys()].filter((name) => !OF_THE_FORM.has(name));
    if (request.own) expect(sent).toContain(request.own);
    expect(sent.filter((name) => !declaredFor(request, status).includes(name))).toEqual([]);
  }
});

it('says of every answer that asks to come back when that is', async () => {
  const limited = await startTestApi({ worker: false, settings: { rateLimit: { perSecond: 0.01, burst: 3 } } });
  const call = { key: limited.adminKey };
  const answers = await Promise.all(Array.from({ length: 6 }, () => limited.client.get('/v1/markets', call)));
  await limited.close();
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const { headers } of refused)
    expect(headers['retry-after']).toMatch(new RegExp(document.components.headers['Retry-After'].schema.pattern));
  for (const path of Object.values<Json>(document.paths))
    for (const { responses } of Object.values<Json>(path))
      for (const status of ['429', '503']) if (responses[status]) expect(responses[status].headers).toHaveProperty('Retry-After');
}, 60_000);

/** One thing of each kind that can happen in a market. */
async function letEverythingHappen(): Promise<void> {
  const { operatorKey, marketId, siteIds, bidders } = scene;
  const operator = { key: operatorKey };
  const bid = (name: string, fields: object) =>
    api.client.post(`/v1/markets/${marketId}/bids`, {
      key: bidders[0].key,
      body: jobBody(siteIds, fields),
      headers: { 'idempotency-key': name, prefer: 'wait=20' },
    });
  expect((await bid('accepted', {})).body.status).toBe('accepted');
  expect((await bid('refused', { valuation: { kind: 'deadline', value: 0, deadline: 0 } })).body.status).toBe('refused');
  const capacity = { gpu: 2, cpu: 12, memoryGB: 16 };
  await api.client.patch(`/v1/markets/${marketId}/sites/${siteIds[0]}`, { ...operator, body: { capacity } });
  await api.client.post(`/v1/markets/${marketId}/clock`, { ...operator, body: { slot: 1 } });
  const soon = {
    chunks: { [siteIds[0]]: 1 },
    epochs: 1,
    worker: { cpu: 1 },
    ps: { cpu: 1 },
    valuation: { kind: 'deadline', value: 1000, deadline: 3 },
  };
  expect((await bid('late', soon)).body.status).toBe('accepted');
  expect((await bid('leaves', { ...soon, onFailure: 'refund' })).body.status).toBe('accepted');
  await withdraw({ kind: 'outage', scope: 'market', to: 10 });
  const windowId = await withdraw({ kind: 'maintenance', scope: 'market', from: 10 });
  expect((await api.client.delete(`/v1/markets/${marketId}/windows/${windowId}`, operator)).status).toBe(204);
  await cancelOne((await bid('cancelled', {})).body.id);
  await learnALevel(bid);
  await moveOracleThereAndBack(api.databaseUrl, { organisationId: BigInt(scene.operatorId), role: 'operator' }, BigInt(marketId));
  await api.client.patch(`/v1/markets/${marketId}`, { ...operator, body: { status: 'paused' } });
}

/** Cancels an allocation by a quote. */
async function cancelOne(bidId: string): Promise<void> {
  const key = scene.bidders[0].key;
  const { body } = await api.client.post(`/v1/allocations/${bidId}/cancellation-quotes`, { key });
  expect((await api.client.post(`/v1/allocations/${bidId}/cancel`, { key, body: { quote: body.id } })).status).toBe(200);
}

/** Lets the market learn its prices from one bid more: there is room for it, so that it costs nothing from then on. */
async function learnALevel(bid: (name: string, fields: object) => Promise<unknown>): Promise<void> {
  const prices = { kind: 'learning', level: '1' };
  const [path, operator] = [`/v1/markets/${scene.marketId}`, { key: scene.operatorKey }];
  const changed = await api.client.patch(path, { ...operator, body: { prices } });
  expect(changed).toMatchObject({ status: 200, body: { nextPrices: prices } });
  expect((await api.client.post(`${path}/clock`, { ...operator, body: { slot: Number(changed.body.slot) + 1 } })).status).toBe(200);
  await bid('learnt', { valuation: { kind: 'deadline', value: 1000, deadline: 40 } });
  const clock = { nowMs: () => performance.now() };
  await new LearnPrices(createLearningStore(api.pool), createThinker(standardKinds(), clock), clock).run(10_000);
}

/** Takes the whole market off sale, and waits until all whom that hits were dealt with. */
async function withdraw(body: object): Promise<string> {
  const path = `/v1/markets/${scene.marketId}/windows`;
  const opened = await api.client.post(path, { key: scene.operatorKey, body });
  expect(opened.status).toBe(201);
  const isSettled = async () => (await api.client.get(path, { key: scene.operatorKey })).body.items.at(-1).settled;
  await until(isSettled, { everyMs: 50, maxMs: 20_000 });
  return opened.body.id;
}

/** The messages of a market's stream so far, as they were sent. */
async function messagesUpTo(lastKind: string): Promise<Json[]> {
  const response = await fetch(`${api.client.url}/v1/markets/${scene.marketId}/events`, { headers: authorization(scene.operatorKey) });
  const messages: Json[] = [];
  const parser = createParser({ onEvent: ({ id, event, data }) => messages.push({ id, event, data: JSON.parse(data) }) });
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) {
    parser.feed(decoder.decode(part as Uint8Array, { stream: true }));
    if (messages.at(-1)?.event === lastKind) break;
  }
  return messages;
}

it('sends events of every kind, each as its published schema says', async () => {
  await letEverythingHappen();
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'https://eris.test/', components: document.components });
  const validator = (name: string): ValidateFunction => ajv.compile({ $ref: `https://eris.test/#/components/schemas/${name}` });
  const { schema } = document.paths['/v1/markets/{marketId}/events'].get.responses['200'].content['text/event-stream'];
  const isMessage = validator(schema.$ref.split('/').at(-1));
  const { mapping } = document.components.schemas.MarketEvent.discriminator;
  const isAny = new Ajv2020({ strict: false, validateFormats: false }).compile((await api.client.get('/events.schema.json')).body);
  const messages = await messagesUpTo('status_changed');
  for (const message of messages) {
    expect([message, isMessage(message), isMessage.errors]).toEqual([message, true, null]);
    const isOfItsKind = validator(mapping[message.event].split('/').at(-1));
    expect([message.data, isOfItsKind(message.data), isOfItsKind.errors]).toEqual([message.data, true, null]);
    expect([isAny(message.data), isAny.errors]).toEqual([true, null]);
    expect([message.id, message.event]).toEqual([message.data.sequence, message.data.kind]);
  }
  expect([...new Set(messages.map(({ event }) => event))].sort()).toEqual(Object.keys(mapping).sort());
  expect(Object.keys(mapping).sort()).toEqual([...eventKinds].sort());
}, 60_000);
