import type { FastifyInstance, FastifyReply } from 'fastify';
import { operationIds, operationOf, type Operation } from '#contracts';
import { isWhole } from './connection.js';
import type { Connections } from './connections.js';
import type { RequestAuthorizer } from './request-authorizer.js';
import type { GuardedRequest } from './auth-guard.js';
import { ProblemError } from './problem-error.js';
import type { Quota } from './quota.js';
import { routeOf } from './serves.js';
import { unrouted } from './unrouted.js';

/** What requests are taken in with. */
export interface TakeInTools {
  readonly gate: RequestAuthorizer;
  readonly connections: Connections;
  readonly requests: Quota;
}

const OPERATIONS = new Map(operationIds.map(operationOf).map((operation) => [`${operation.method} ${routeOf(operation)}`, operation]));

/**
 * The way in, before any body is read: what is not there is refused, the key is found, its limits are asked, and the request is counted among
 * those in hand. Who has no key costs a look at the headers.
 */
export function takeIn(server: FastifyInstance, tools: TakeInTools): void {
  server.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    const operation = methods.map((method) => OPERATIONS.get(`${method === 'HEAD' ? 'GET' : method} ${route.url}`)).find(Boolean);
    if (operation) route.onRequest = [letIn(operation, tools)];
  });
  server.addHook('onRequest', (request, _reply, done) => done(refusalOf(request as GuardedRequest)));
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (!isWhole(request.raw)) tools.connections.endAfterAnswer(request.raw, reply);
    done();
  });
}

/** What is refused whoever asks. */
function refusalOf(request: GuardedRequest): Error | undefined {
  const { httpVersion, rawHeaders, headers } = request.raw;
  if (httpVersion === '1.1' && !isHost(headers.host, rawHeaders))
    return new ProblemError('malformed_request', { detail: 'A request of HTTP/1.1 needs one Host header, which names a host.' });
  return request.is404 ? unrouted(request) : undefined;
}

function isHost(host: string | undefined, rawHeaders: readonly string[]): boolean {
  if (host === undefined || !/^[\w.~!$&'()*+,;=%:[\]-]*$/.test(host)) return false;
  let hosts = 0;
  rawHeaders.forEach((name, index) => {
    if (index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  });
  return hosts === 1;
}

const letIn =
  (operation: Operation, tools: TakeInTools) =>
  async (request: GuardedRequest, reply: FastifyReply): Promise<void> => {
    const { gate, connections, requests } = tools;
    request.operation = operation;
    request.whenOver = (done) => connections.whenOver(request.raw, done);
    if (!operation.body) leaveBody(request);
    const caller = await gate.pass(operation, request, reply);
    if (!caller) return;
    connections.know(request.raw.socket);
    const hold = requests.take(caller);
    connections.whenOver(request.raw, () => hold.release());
    request.hold = hold;
  };

/** A body that nobody asked for is not read, whatever it is said to be. */
function leaveBody({ raw: { headers } }: GuardedRequest): void {
  delete headers['content-type'];
}
