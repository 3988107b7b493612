import { type ProblemCode, type ProblemDetails, problemOf } from '#contracts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { pathFaults } from './escapes.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** Answers what the router itself refuses, before any of ours is reached: an address that is malformed, or has a part that is too long. */
export function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const [instance] = request.url.split('?', 1);
  const { code, details } = explained(error, instance);
  const problem = problemOf(code, { ...details, instance, requestId: request.id });
  void reply
    .status(problem.status)
    .headers({ ...SECURITY_HEADERS, 'x-request-id': request.id })
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}

function explained(error: FastifyError, path: string): { code: ProblemCode; details: ProblemDetails } {
  if (error.statusCode === 414)
    return { code: 'uri_too_long', details: { detail: 'A part of the path is longer than any that leads somewhere.' } };
  const errors = pathFaults(path);
  return { code: 'malformed_request', details: errors.length > 0 ? { errors } : { detail: error.message } };
}
