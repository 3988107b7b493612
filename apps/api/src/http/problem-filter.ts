import { operationIds, operationOf, type ProblemCode, type ProblemDetails, PROBLEMS, problemOf } from '#contracts';
import { isDatabaseTrouble } from '#postgres';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ProblemError } from './problem-error.js';

const RETRY_AFTER_SECONDS = '1';

/** How a request ends that did not end well. */
interface Ending {
  readonly code: ProblemCode;
  readonly details?: ProblemDetails;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Turns whatever was thrown into a problem document. What we did not foresee is logged whole, and told to nobody. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { code, details, headers } = endingOf(error, request);
    const instance = request.url.split('?')[0];
    if (code === 'internal_error')
      this.logger.error({ err: error, method: request.method, path: instance, requestId: request.id }, 'request failed');
    if (code === 'database_unavailable')
      this.logger.warn({ err: error, method: request.method, path: instance, requestId: request.id }, 'database not reached');
    void reply
      .status(PROBLEMS[code].status)
      .headers({ ...(PROBLEMS[code].status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}), ...headers })
      .header('content-type', 'application/problem+json')
      .send(Buffer.from(JSON.stringify(problemOf(code, { ...details, instance, requestId: request.id })))); // a buffer: text would get a charset
  }
}

function endingOf(error: unknown, request: FastifyRequest): Ending {
  if (error instanceof ProblemError) return error;
  if (isDatabaseTrouble(error)) return { code: 'database_unavailable' };
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === 404) return unrouted(request);
  const code = status === undefined ? undefined : CODE_OF_STATUS[status];
  if (code === undefined || status === undefined || status >= 500) return { code: 'internal_error' };
  return { code, details: { detail: messageOf(error) } };
}

/** What the framework refuses before a controller is reached. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed_request',
  406: 'not_acceptable',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
};

const PATHS = operationIds.map(operationOf).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
}));

/** Why nothing is there at an address, or not by that method. */
export function unrouted({ url, method }: Pick<FastifyRequest, 'url' | 'method'>): ProblemError {
  const path = url.split('?')[0];
  const allowed = PATHS.filter(({ pattern }) => pattern.test(path)).map((known) => known.method);
  if (allowed.length === 0) return new ProblemError('route_unknown', { detail: `There is no ${method} ${path}.` });
  return new ProblemError('method_not_allowed', {}, { allow: allowed.join(', ') });
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'The request cannot be read.');
