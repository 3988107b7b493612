import { operationIds, operationOf } from '#contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problem-error.js';

export interface LoadLimits {
  /** Requests in hand at once. */
  readonly requestsMax: number;
  /** Bytes of their bodies together. */
  readonly bytesMax: number;
  /** What a body counts whose length is not said. */
  readonly bodyLimitBytes: number;
}

/** What is asked by whoever looks after the service is answered however busy it is. */
const ALWAYS = new Set(operationIds.map(operationOf).flatMap(({ path, policy }) => (policy === 'anyone' ? [path] : [])));

/** Turns requests away, before their bodies are read, where taking them would let memory run away. */
export function shedLoad(server: FastifyInstance, { requestsMax, bytesMax, bodyLimitBytes }: LoadLimits): void {
  let requests = 0,
    bytes = 0;
  server.addHook('onRequest', (request, reply, done) => {
    const more = bytesOf(request, bodyLimitBytes);
    const isTooMuch = requests >= requestsMax || (bytes > 0 && bytes + more > bytesMax);
    if (isTooMuch && !ALWAYS.has(request.routeOptions.url ?? ''))
      return done(new ProblemError('overloaded', { detail: 'Too much is in hand.' }));
    requests += 1;
    bytes += more;
    reply.raw.once('close', () => {
      requests -= 1;
      bytes -= more;
    });
    done();
  });
}

/** Bytes that a request's body may take. */
function bytesOf({ headers }: FastifyRequest, bodyLimitBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return bodyLimitBytes;
  return Math.min(Number(headers['content-length'] ?? 0) || 0, bodyLimitBytes); // a longer one is refused anyway
}
