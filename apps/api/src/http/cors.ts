import { exposedHeaders } from '#contracts';
import type { FastifyInstance } from 'fastify';

const METHODS = 'GET, POST, PATCH, DELETE';
/** What browsers may send and read beyond what they always may. */
const ASKED = 'authorization, content-type, idempotency-key, last-event-id, prefer, x-request-id';
const EXPOSED = exposedHeaders.join(', ');
const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of other origins use the API from browsers: those that are listed, letter by letter. Keys travel in a header that a page has to set, so
 * there are no credentials of the browser to allow. A preflight is answered without a key, as browsers send none.
 */
export function allowOrigins(server: FastifyInstance, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return;
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    if (origin === undefined || !origins.has(origin)) return done();
    reply.header('access-control-allow-origin', origin);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      void reply
        .headers({
          'access-control-allow-methods': METHODS,
          'access-control-allow-headers': ASKED,
          'access-control-max-age': PREFLIGHT_SECONDS,
        })
        .status(204)
        .send();
      return;
    }
    reply.header('access-control-expose-headers', EXPOSED);
    done();
  });
}
