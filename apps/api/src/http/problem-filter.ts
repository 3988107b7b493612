import { type ProblemCode, type ProblemDetails, PROBLEMS, problemOf } from '#contracts';
import { isDatabaseTrouble } from '#postgres';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { at } from '#units';
import type { Patience } from './patience.js';
import type { GuardedRequest } from './auth-guard.js';
import { ProblemError } from './problem-error.js';
import { problemOfStatus } from './refused-status.js';

const RETRY_AFTER_SECONDS = '1';
/** Statuses that say to come back. */
const COME_BACK: ReadonlySet<number> = new Set([429, 503]);

/** How a request ends that did not end well. */
interface ProblemResponse {
  readonly code: ProblemCode;
  readonly details?: ProblemDetails;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Turns whatever was thrown into a problem document. What we did not foresee is logged whole, and told to nobody. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param patience keeps back what too many are refused; without it everything is told at once. */
  constructor(
    private readonly logger: Logger,
    private readonly patience?: Patience,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<GuardedRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { code, details, headers } = endingOf(error, request);
    const instance = at(request.url.split('?', 1), 0);
    if (code === 'internal_error')
      this.logger.error({ err: error, method: request.method, path: instance, requestId: request.id }, 'request failed');
    if (code === 'database_unavailable')
      this.logger.warn({ err: error, method: request.method, path: instance, requestId: request.id }, 'database not reached');
    const { status } = PROBLEMS[code];
    const send = (): void =>
      void reply
        .status(status)
        .headers({ ...(COME_BACK.has(status) ? { 'retry-after': RETRY_AFTER_SECONDS } : {}), ...headers })
        .header('content-type', 'application/problem+json')
        .send(Buffer.from(JSON.stringify(problemOf(code, { ...details, instance, requestId: request.id })))); // a buffer: text would get a charset
    const pauseMs = COME_BACK.has(status) && request.caller ? (this.patience?.pauseMs(request.caller.organisationId) ?? 0) : 0;
    if (pauseMs > 0) setTimeout(send, pauseMs);
    else send();
  }
}

function endingOf(error: unknown, request: FastifyRequest): ProblemResponse {
  if (error instanceof ProblemError) return error;
  if (isDatabaseTrouble(error)) return { code: 'database_unavailable' };
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === undefined || status < 400 || status >= 500) return { code: 'internal_error' };
  return problemOfStatus(status, messageOf(error), request);
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'The request cannot be read.');
