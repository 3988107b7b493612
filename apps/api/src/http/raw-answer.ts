import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ProblemCode, type ProblemDetails, problemOf } from '#contracts';
import { endKindly } from './leftovers.js';
import { SECURITY_HEADERS } from './security-headers.js';

const RETRY_AFTER_SECONDS = 1;

/** Writes a problem onto a connection whose request never became one, and ends it. */
export function answerRaw(socket: Socket, code: ProblemCode, details: ProblemDetails = {}): void {
  if (!socket.writable) return void socket.destroy();
  const { requestId, instance = requestId && `urn:eris:request:${requestId}` } = details; // nobody knows the path of what could not be read
  const problem = problemOf(code, { ...details, ...(instance === undefined ? {} : { instance }) });
  const body = JSON.stringify(problem);
  const headers: Record<string, string | number> = {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...SECURITY_HEADERS,
    ...(details.requestId === undefined ? {} : { 'x-request-id': details.requestId }),
    ...(problem.status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
  endKindly(socket);
}
