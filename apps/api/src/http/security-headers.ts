import type { FastifyInstance } from 'fastify';

/** On every answer: what is sent is data, for whoever asked, and nothing else. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** The pages at /docs bring scripts and pictures of their own, and ask this server. Their styles stand in the page. */
const PAGES_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const PAGES_HEADERS = { ...SECURITY_HEADERS, 'content-security-policy': PAGES_POLICY, 'cache-control': 'no-cache' } as const;
const PAGES = /^\/docs(?:[/?-]|$)/;

/** Sets the headers that browsers and caches heed. */
export function secureAnswers(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(PAGES.test(request.url) ? PAGES_HEADERS : SECURITY_HEADERS);
    done();
  });
}
