import { operationIds, operationOf } from '#contracts';
import type { FastifyRequest } from 'fastify';
import { at } from '#units';
import { ProblemError } from './problem-error.js';

/** Where the document is shown as pages. */
export const PAGES_PATH = '/docs';
/** The front door. */
export const FRONT_PATH = '/';
/** Where the dashboard is. */
export const ADMIN_PATH = '/admin';

const PATHS = [
  ...operationIds.map(operationOf).map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
  })),
  { method: 'GET', pattern: /^\/$/ },
  ...[PAGES_PATH, ADMIN_PATH].map((pages) => ({ method: 'GET', pattern: new RegExp(`^${pages}(/.*)?$`) })),
];

/** Why nothing is there at an address, or not by that method. */
export function unrouted({ url, method }: Pick<FastifyRequest, 'url' | 'method'>): ProblemError {
  const path = at(url.split('?', 1), 0);
  const allowed = PATHS.filter(({ pattern }) => pattern.test(path)).map((known) => known.method);
  if (allowed.length === 0 || allowed.includes(method === 'HEAD' ? 'GET' : method))
    return new ProblemError('route_unknown', { detail: `There is no ${method} ${path}.` });
  return new ProblemError('method_not_allowed', {}, { allow: allowed.join(', ') });
}
