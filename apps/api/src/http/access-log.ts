import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { at } from '#units';
import { addressOf } from './address.js';
import type { GuardedRequest } from './auth-guard.js';

/** Which requests get a line: none, those that failed, all. */
export type AccessLogged = 'off' | 'failures' | 'all';

/** Which requests are logged, and where. */
export interface AccessLogSettings {
  readonly logger: Logger;
  readonly logged: AccessLogged;
  readonly nowMs: () => number;
}

/** Lines of one second; what is beyond them is counted. A flood of refusals is not to become a flood of lines. */
const FAILURE_LINES_MAX = 50;
const MS_PER_SECOND = 1_000;

/** Writes the line of a request, where it is to have one. */
export type LogLine = (request: FastifyRequest, reply: FastifyReply) => void;

/** Which requests get a line, and how. No key, no body, and no query, whose values may be secrets. */
export function accessLines({ logger, logged, nowMs }: AccessLogSettings): LogLine {
  if (logged === 'off') return () => undefined;
  let secondMs = 0,
    lines = 0,
    leftOut = 0;
  const isRoom = (): boolean => {
    const nowSecondMs = Math.floor(nowMs() / MS_PER_SECOND) * MS_PER_SECOND;
    if (nowSecondMs !== secondMs) {
      if (leftOut > 0) logger.info({ leftOut }, 'requests without a line: more than fit in a second');
      [secondMs, lines, leftOut] = [nowSecondMs, 0, 0];
    }
    lines += 1;
    if (lines > FAILURE_LINES_MAX) leftOut += 1;
    return lines <= FAILURE_LINES_MAX;
  };
  return (request, reply) => {
    if (logged === 'all' || (reply.statusCode >= 400 && isRoom())) logger.info(lineOf(request as GuardedRequest, reply), 'request');
  };
}

/** A line a request: who asked for what, and how it went. Written after the answer, so that nobody waits for it. */
export function logAccess(server: FastifyInstance, line: LogLine): void {
  server.addHook('onResponse', (request, reply, done) => {
    line(request, reply);
    done();
  });
}

function lineOf({ id, method, url, caller, raw }: GuardedRequest, { statusCode, elapsedTime }: FastifyReply): object {
  return {
    requestId: id,
    method,
    path: at(url.split('?', 1), 0).slice(0, 200),
    status: statusCode,
    ms: Math.round(elapsedTime * 10) / 10,
    address: addressOf(raw.socket),
    ...(caller ? { keyId: caller.keyId.toString(), organisationId: caller.organisationId.toString() } : {}),
  };
}
