import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Eris, type ErisOptions, ProblemError, UnreachableError } from './index.js';

type Serve = (request: IncomingMessage & { text: string }, response: ServerResponse, count: number) => void;

let server: Server;
let serve: Serve;
let requests: { readonly path: string; readonly key: string | undefined; readonly text: string }[];
beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', key: request.headers['idempotency-key'] as string | undefined, text });
      serve(Object.assign(request, { text }), response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => (requests = []));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const client = (options: Partial<ErisOptions> = {}): Eris =>
  new Eris({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: 'eris_b_key',
    ...options,
    retry: { pauseMs: 1, ...options.retry },
  });
const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers });
  response.end(JSON.stringify(body));
};
const problem = (response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void =>
  json(response, status, { type: `urn:eris:problem:${code}`, title: code, status, detail: 'so it is', remedy: 'Do otherwise.' }, headers);
const QUEUED = { id: '7', status: 'queued' } as const;
const body = {
  valuation: { kind: 'deadline', value: 5, deadline: 3 },
  chunks: { '1': 2 },
  epochs: 1,
  throughput: 1,
  parameterMB: 1,
  worker: { gpu: 1 },
  ps: { cpu: 1 },
} as const;
const params = { marketId: '1' };
const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'nothing',
    (error: unknown) => error,
  );

describe('a request that may be repeated', () => {
  it('is sent again with the same key and body, after what Retry-After says', async () => {
    const pauses: number[] = [];
    serve = (_, response, count) =>
      count < 3 ? problem(response, count === 1 ? 503 : 429, 'overloaded', { 'retry-after': '0' }) : json(response, 202, QUEUED);
    const eris = client({ onRetry: ({ pauseMs, operation }) => pauses.push(operation === 'placeBid' ? pauseMs : NaN) });
    expect(await eris.call('placeBid', { params, body })).toEqual(QUEUED);
    expect(pauses).toEqual([0, 0]);
    expect(requests).toHaveLength(3);
    expect(requests[0].key).toMatch(/^[0-9a-f]{32}$/);
    for (const request of requests) expect(request).toEqual(requests[0]);
    expect(JSON.parse(requests[0].text)).toEqual(body);
  });

  it('waits for as many seconds as it is told', async () => {
    let firstMs = 0;
    serve = (_, response, count) => {
      if (count === 1) firstMs = performance.now();
      if (count === 1) problem(response, 429, 'rate_limited', { 'retry-after': '1' });
      else json(response, 202, { waitedMs: performance.now() - firstMs });
    };
    const answer = (await client().call('placeBid', { params, body })) as unknown as { waitedMs: number };
    expect(answer.waitedMs).toBeGreaterThanOrEqual(990);
  });

  it('is sent again where the connection breaks before or within the answer', async () => {
    serve = (_, response, count) => {
      if (count === 1) return void response.destroy();
      if (count > 2) return json(response, 200, { items: [], nextCursor: null });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"items":[');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await client().all('listMarkets')).toEqual([]);
    expect(requests).toHaveLength(3);
  });

  it('is sent again while the first one with its key is under way, and not on any other conflict', async () => {
    serve = (_, response, count) =>
      count === 1
        ? problem(response, 409, 'request_in_flight')
        : json(response, 201, { id: '1', balance: { available: '1', held: '0' } }, { 'idempotency-replayed': 'true' });
    const deposit = { params: { accountId: '1' }, body: { amount: '1' }, idempotencyKey: 'mine' };
    expect((await client().ask('deposit', deposit)).isReplayed).toBe(true);
    expect(requests.map(({ key }) => key)).toEqual(['mine', 'mine']);
    serve = (_, response) => problem(response, 409, 'market_closed');
    expect(await thrownBy(client().call('placeBid', { params, body }))).toMatchObject({ code: 'market_closed', status: 409 });
    expect(requests).toHaveLength(3);
  });

  it('is given up after so many tries, or where the server asks for more than we would wait', async () => {
    serve = (_, response) => problem(response, 503, 'database_unavailable', { 'retry-after': '0' });
    const error = await thrownBy(client({ retry: { triesMax: 4 } }).call('listMarkets'));
    expect(error).toMatchObject({ name: 'ProblemError', code: 'database_unavailable', remedy: 'Do otherwise.', retryAfterMs: 0 });
    expect(requests).toHaveLength(4);
    serve = (_, response) => problem(response, 503, 'stopping', { 'retry-after': '3600' });
    expect(await thrownBy(client().call('listMarkets'))).toMatchObject({ code: 'stopping', retryAfterMs: 3_600_000 });
    expect(requests).toHaveLength(5);
  });

  it('is not sent again once its caller has given up', async () => {
    const giveUp = new AbortController();
    serve = (_, response) => {
      problem(response, 503, 'overloaded', { 'retry-after': '10' });
      setTimeout(() => giveUp.abort(new Error('enough')), 50);
    };
    expect(await thrownBy(client().call('listMarkets', { signal: giveUp.signal }))).toEqual(new Error('enough'));
    expect(requests).toHaveLength(1);
  });
});

describe('a request that may not be repeated', () => {
  it.each([
    ['the connection breaks', (response: ServerResponse) => void response.destroy()],
    ['the server is busy', (response: ServerResponse) => problem(response, 503, 'database_unavailable', { 'retry-after': '0' })],
    ['it comes too often', (response: ServerResponse) => problem(response, 429, 'rate_limited', { 'retry-after': '0' })],
  ])('is sent once where %s', async (_name, answer) => {
    serve = (_, response) => answer(response);
    const eris = client();
    const calls = [
      eris.call('createOrganisation', { body: { name: 'acme' } }),
      eris.call('advanceClock', { params, body: { slot: 3 } }),
      eris.call('changeMarket', { params, body: { status: 'paused' } }),
    ];
    for (const error of await Promise.all(calls.map(thrownBy)))
      expect([ProblemError, UnreachableError]).toContain((error as Error).constructor);
    expect(requests).toHaveLength(calls.length);
  });
});

describe('an answer', () => {
  it('is a typed problem where it is none of ours', async () => {
    serve = (_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' });
      response.end('<h1>nothing here</h1>');
    };
    expect(await thrownBy(client().call('getMarket', { params }))).toMatchObject({
      code: 'unknown',
      status: 404,
      detail: '<h1>nothing here</h1>',
    });
    serve = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<h1>log in first</h1>');
    };
    expect(await thrownBy(client().call('getMarket', { params }))).toMatchObject({ code: 'unknown', status: 200 });
  });

  it('is missed after a while, and says so', async () => {
    serve = () => undefined;
    const error = await thrownBy(client({ timeoutMs: 50, retry: { triesMax: 2 } }).call('getMarket', { params }));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(requests).toHaveLength(2);
  });
});

it('walks every page of a list, and asks for no more than is read', async () => {
  serve = ({ url = '' }, response) => {
    const at = Number(new URL(url, 'http://x').searchParams.get('cursor') ?? 0);
    json(response, 200, { items: [{ id: String(at) }, { id: String(at + 1) }], nextCursor: at < 8 ? String(at + 2) : null });
  };
  expect((await client().all('listBids', { params, query: { status: 'accepted' } })).map(({ id }) => Number(id))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  expect(requests[1].path).toBe('/v1/markets/1/bids?limit=500&status=accepted&cursor=2');
  requests = [];
  for await (const { id } of client().items('listBids', { params })) if (id === '3') break;
  expect(requests).toHaveLength(2);
});
