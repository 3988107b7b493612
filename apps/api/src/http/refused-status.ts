import type { ProblemCode } from '#contracts';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problem-error.js';
import { unrouted } from './unrouted.js';

/** What the framework or one of its plugins refuses, by its status. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: 'unauthenticated',
  406: 'not_acceptable',
  408: 'request_timeout',
  412: 'precondition_failed',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  416: 'range_not_satisfiable',
  417: 'expectation_failed',
  429: 'rate_limited',
  431: 'headers_too_large',
};
/** What is not there, what is not to be shown, and what is there by another method only. */
const UNROUTED: ReadonlySet<number> = new Set([403, 404, 405, 410]);

/** The problem of a request that was refused before a controller was reached, by nobody of ours. Whatever has no code of its own cannot be read. */
export function problemOfStatus(status: number, message: string, request: Pick<FastifyRequest, 'url' | 'method'>): ProblemError {
  if (UNROUTED.has(status)) return unrouted(request);
  return new ProblemError(
    CODE_OF_STATUS[status] ?? 'malformed_request',
    { detail: message },
    status === 401 ? { 'www-authenticate': 'Bearer' } : {},
  );
}
