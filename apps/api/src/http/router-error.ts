import { type ProblemCode, type ProblemDetails, problemOf } from '#contracts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { at } from '#units';
import type { LogLine } from './access-log.js';
import { originHeaders } from './cors.js';
import { pathFaults } from './escapes.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** What other answers get from hooks, which the router does not reach when it refuses. */
export interface RouterErrorTools {
  readonly origins: ReadonlySet<string>;
  readonly line: LogLine;
  /** Counts a refusal, by the code of its problem. */
  readonly refused: (code: ProblemCode) => void;
}

/** Answers what the router itself refuses, before any of ours is reached: an address that is malformed, or has a part that is too long. */
export function answerRouterErrors({ origins, line, refused }: RouterErrorTools) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const instance = at(request.url.split('?', 1), 0);
    const { code, details } = explained(error, instance);
    const problem = problemOf(code, { ...details, instance, requestId: request.id });
    reply.raw.once('finish', () => line(request, reply));
    refused(code);
    void reply
      .status(problem.status)
      .headers({ ...SECURITY_HEADERS, ...originHeaders(request, origins), 'x-request-id': request.id })
      .header('content-type', 'application/problem+json')
      .send(Buffer.from(JSON.stringify(problem)));
  };
}

function explained(error: FastifyError, path: string): { code: ProblemCode; details: ProblemDetails } {
  if (error.statusCode === 414)
    return { code: 'uri_too_long', details: { detail: 'A part of the path is longer than any that leads somewhere.' } };
  const errors = pathFaults(path);
  return { code: 'malformed_request', details: errors.length > 0 ? { errors } : { detail: error.message } };
}
