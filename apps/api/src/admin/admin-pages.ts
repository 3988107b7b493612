import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RandomBytes } from '#market';
import { ADMIN_PATH, unrouted } from '../http/unrouted.js';
import { adminPolicy } from '../http/security-headers.js';
import { type AdminFile, AdminFiles, INDEX } from './admin-files.js';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const NONCE_BYTES = 16;
/** What the build leaves in its index where the nonce of an answer belongs (vite: html.cspNonce). */
const NONCE_PLACE = '__CSP_NONCE__';
/** Addresses that name a file; all others are views of the dashboard, which begins with its index. */
const FILE_NAME = /\.[a-z\d]+$/i;

const NOT_BUILT = Buffer.from(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Eris: the dashboard is not built</title></head>
<body><h1>The dashboard is not built</h1><p>Build it with <code>npm run setup</code> in the folder of Eris, and load this page again.</p>
<p>The API works without it: see <a href="/docs">/docs</a>.</p></body></html>
`);

/** Where the build of the dashboard lies: in `dist/admin` of the package, whether its sources run or what was built of them. */
export function findAdminFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return path.join(folder, 'dist', 'admin');
    if (path.dirname(folder) === folder) throw new Error('package.json is missing from the package: install it again');
  }
}

/** Serves the dashboard: its files, and its index for every other address below. */
export function openAdmin(server: FastifyInstance, folder: string, randomBytes: RandomBytes): void {
  const files = new AdminFiles(folder);
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const build = await files.read();
    const index = build?.get(INDEX);
    if (!build || !index)
      return reply.status(503).header('content-security-policy', adminPolicy()).type('text/html; charset=utf-8').send(NOT_BUILT);
    const { '*': name = '' } = request.params as { '*'?: string };
    const file = build.get(name);
    if (file && name !== INDEX) return sendFile(file, request, reply);
    if (FILE_NAME.test(name) && name !== INDEX) throw unrouted(request);
    return sendIndex(index, reply, Buffer.from(randomBytes(NONCE_BYTES)).toString('base64'));
  };
  server.get(ADMIN_PATH, serve);
  server.get(`${ADMIN_PATH}/*`, serve);
}

/** The index is made for one answer: what it holds may begin with a nonce that nobody can guess. */
function sendIndex({ bytes, type }: AdminFile, reply: FastifyReply, nonce: string): FastifyReply {
  return reply
    .header('content-security-policy', adminPolicy(nonce))
    .header('cache-control', 'no-store')
    .type(type)
    .send(Buffer.from(bytes.toString('utf8').replaceAll(NONCE_PLACE, nonce)));
}

function sendFile({ bytes, gzipped, type, etag, isImmutable }: AdminFile, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const takesGzip = /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(
    String(headers['accept-encoding'] ?? ''),
  );
  const varies = [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', ');
  void reply.headers({ 'cache-control': isImmutable ? IMMUTABLE : 'no-cache', etag, ...(gzipped ? { vary: varies } : {}) }).type(type);
  if (headers['if-none-match']?.split(',').some((given) => given.trim().replace(/^W\//, '') === etag)) return reply.status(304).send();
  if (gzipped && takesGzip) return reply.header('content-encoding', 'gzip').send(gzipped);
  return reply.send(bytes);
}
