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
const ADMIN_HEADERS = { ...SECURITY_HEADERS, 'content-security-policy': adminPolicy(), 'cache-control': 'no-cache' } as const;
/** The page at the front door has its styles in it, and loads nothing. */
const FRONT_HEADERS = {
  ...SECURITY_HEADERS,
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cache-control': 'no-cache',
} as const;
const FRONT = /^\/(?:\?|$)/;
const ADMIN = /^\/admin(?:[/?]|$)/;
const PAGES = /^\/docs(?:[/?-]|$)/;

/** Sets the headers that browsers and caches heed. */
export function secureAnswers(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(headersFor(request.url));
    done();
  });
}

function headersFor(url: string): Readonly<Record<string, string>> {
  if (ADMIN.test(url)) return ADMIN_HEADERS;
  if (FRONT.test(url)) return FRONT_HEADERS;
  return PAGES.test(url) ? PAGES_HEADERS : SECURITY_HEADERS;
}

/**
 * What the dashboard may load: files of this server, and nothing from anywhere else. No script stands in a page, and styles that scripts write into
 * one bear the nonce of its answer.
 */
export function adminPolicy(nonce?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
