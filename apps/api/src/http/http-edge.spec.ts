import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { request } from 'undici';
import { BidsController } from '../controllers/bids.controller.js';
import { standardKinds } from '#kinds';
import { BidBodies } from '../bidding/bid-bodies.js';
import { BidRoutes } from '../bidding/bid-routes.js';
import type { ChangeAllocation } from '../bidding/change-allocation.js';
import type { PlaceBids } from '../bidding/place-bids.js';
import { atOnce, ExplainBid, QuoteBid, ReadBids, ReadDensity } from '#market';
import { Connections, type Serve } from './connections.js';
import { RequestAuthorizer } from './request-authorizer.js';
import { createHolds } from './holds.js';
import { readJsonBodies } from './json-body.js';
import { ApiKeyCache } from './api-key-cache.js';
import { AuthGuard } from './auth-guard.js';
import { ProblemFilter } from './problem-filter.js';
import { RateLimiter } from './rate-limiter.js';
import { ReplyInterceptor } from './reply.js';
import { createHttpServer, refuseUnread } from './server.js';
import { takeIn } from './take-in.js';

const caller = { keyId: 1n, organisationId: 2n, familyId: 2n, role: 'bidder' as const };
const keyring = new ApiKeyCache((hashes) => Promise.resolve(hashes.map(() => caller)), { nowMs: () => 0 });
const gate = new RequestAuthorizer(keyring, new RateLimiter([]));
const bodies = new BidBodies(standardKinds());
const placeBids = {
  one: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
  many: () => Promise.reject(new Error('boom')),
};

@Module({
  controllers: [BidsController],
  providers: [
    { provide: ReadBids, useValue: { find: () => Promise.resolve({ kind: 'not_found' }) } },
    { provide: QuoteBid, useValue: {} },
    { provide: ExplainBid, useValue: {} },
    { provide: ReadDensity, useValue: {} },
    { provide: BidBodies, useValue: bodies },
    Reflector,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: ReplyInterceptor },
    { provide: APP_FILTER, useValue: new ProblemFilter(pino({ level: 'silent' })) },
  ],
})
class Edge {}

const body = {
  valuation: { kind: 'deadline', value: 1, deadline: 2 },
  chunks: { 1: 1 },
  epochs: 1,
  throughput: 1,
  parameterMB: 1,
  worker: {},
  ps: {},
};
const json = { 'content-type': 'application/json' };
const key = { authorization: 'Bearer k' };

let app: NestFastifyApplication;
beforeAll(async () => {
  const connections = new Connections({
    connectionsMax: 100,
    perAddressMax: 100,
    bodyMs: 1_000,
    unreadMs: 1_000,
    onRefused: () => 'an id',
  });
  const holds = createHolds({ requests: 10, bodyBytes: 10_000, streams: 1, waits: 1, share: 1, bodyLimitBytes: 1_000 });
  const adapter = new FastifyAdapter({
    bodyLimit: 1_000,
    serverFactory: (serve: Serve) => createHttpServer(serve, connections),
    clientErrorHandler: refuseUnread(connections),
  });
  const server = adapter.getInstance();
  takeIn(server, { gate, connections, requests: holds.requests });
  readJsonBodies(server, { gate, connections, bodies: holds.bodies, large: atOnce, limitBytes: 1_000 });
  app = await NestFactory.create<NestFastifyApplication>(Edge, adapter, { bodyParser: false, logger: false, abortOnError: false });
  new BidRoutes(
    gate,
    { placeBids: placeBids as unknown as PlaceBids, changeAllocation: placeBids as unknown as ChangeAllocation },
    bodies,
  ).open(server);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

it.each([
  ['malformed JSON', { method: 'POST', url: '/v1/markets/1/bids', headers: { ...json, ...key }, payload: '{"a":' }, 400, 'malformed_json'],
  [
    'an empty body',
    { method: 'POST', url: '/v1/markets/1/bids', headers: { ...json, ...key, 'idempotency-key': 'a' } },
    400,
    'malformed_json',
  ],
  ['no body at all', { method: 'POST', url: '/v1/markets/1/bids', headers: { ...key, 'idempotency-key': 'a' } }, 422, 'invalid_body'],
  [
    'a prototype',
    { method: 'POST', url: '/v1/markets/1/bids', headers: { ...json, ...key }, payload: '{"__proto__": {}}' },
    422,
    'invalid_body',
  ],
  [
    'a body over the limit',
    { method: 'POST', url: '/v1/markets/1/bids', headers: { ...json, ...key }, payload: JSON.stringify('x'.repeat(2000)) },
    413,
    'body_too_large',
  ],
  [
    'another media type',
    { method: 'POST', url: '/v1/markets/1/bids', headers: { 'content-type': 'text/xml', ...key }, payload: '<a/>' },
    415,
    'unsupported_media_type',
  ],
  ['no key', { method: 'GET', url: '/v1/bids/1' }, 401, 'unauthenticated'],
  ['an id of letters', { method: 'GET', url: '/v1/bids/abc', headers: key }, 404, 'not_found'],
  ['an id beyond 64 bits', { method: 'GET', url: '/v1/bids/9999999999999999999', headers: key }, 404, 'not_found'],
  ['a stranger route', { method: 'GET', url: '/v1/nothing', headers: key }, 404, 'route_unknown'],
  ['another method', { method: 'DELETE', url: '/v1/bids/1', headers: key }, 405, 'method_not_allowed'],
  [
    'no idempotency key',
    { method: 'POST', url: '/v1/markets/1/bids', headers: { ...json, ...key }, payload: JSON.stringify(body) },
    400,
    'idempotency_key_missing',
  ],
  [
    'a database that is away',
    { method: 'POST', url: '/v1/markets/1/bids', headers: { ...json, ...key, 'idempotency-key': 'a' }, payload: JSON.stringify(body) },
    503,
    'database_unavailable',
  ],
  [
    'a bug',
    { method: 'POST', url: '/v1/markets/1/bids/bulk', headers: { ...json, ...key }, payload: '{"bids":[1]}' },
    500,
    'internal_error',
  ],
  ['a bad query', { method: 'GET', url: '/v1/markets/1/bids?limit=0&x=1', headers: key }, 400, 'invalid_query'],
] as const)(
  'answers %s with a problem',
  async (
    _name,
    { url, payload, ...call }: { method: string; url: string; headers?: Record<string, string>; payload?: string },
    status,
    code,
  ) => {
    const response = await request((await app.getUrl()) + url, {
      ...call,
      method: call.method as 'GET',
      ...(payload === undefined ? {} : { body: payload }),
    });
    const problem = await response.body.json();
    expect([response.statusCode, response.headers['content-type'], problem]).toEqual([
      status,
      'application/problem+json',
      expect.objectContaining({ type: `urn:eris:problem:${code}`, status }),
    ]);
  },
);
