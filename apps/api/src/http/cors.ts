import { exposedHeaders } from '#contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
/** What browsers may send and read beyond what they always may. */
const ASKED = 'authorization, content-type, idempotency-key, last-event-id, prefer, x-request-id';
const EXPOSED = exposedHeaders.join(', ');
const PREFLIGHT_SECONDS = '600';

/** What lets a page read an answer, where its origin is one of those that are listed, letter by letter. */
export function originHeaders({ headers: { origin } }: FastifyRequest, origins: ReadonlySet<string>): Readonly<Record<string, string>> {
  if (origins.size === 0) return {};
  if (origin === undefined || !origins.has(origin)) return { vary: 'origin' };
  return { vary: 'origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
}

/**
 * Lets pages of other origins use the API from browsers. Keys travel in a header that a page has to set, so there are no credentials of the
 * browser to allow. A preflight is answered without a key, as browsers send none.
 */
export function allowOrigins(server: FastifyInstance, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return;
  server.addHook('onRequest', (request, reply, done) => {
    const headers = originHeaders(request, origins);
    void reply.headers(headers);
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight || !('access-control-allow-origin' in headers)) return done();
    void reply
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': ASKED,
        'access-control-max-age': PREFLIGHT_SECONDS,
      })
      .status(204)
      .send();
  });
}
