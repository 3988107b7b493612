import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ProblemCode, type ProblemDetails, problemOf } from '#contracts';
import { SECURITY_HEADERS } from './security-headers.js';

/** How long a connection that was answered in spite of what it still sends is read on, ms: it is reset otherwise, and the answer with it. */
const LINGER_MS = 1_000;
const RETRY_AFTER_SECONDS = 1;

/** Writes a problem onto a connection whose request never became one, and ends it. */
export function answerRaw(socket: Socket, code: ProblemCode, details: ProblemDetails = {}): void {
  if (!socket.writable) return void socket.destroy();
  const problem = problemOf(code, details);
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

/** Ends a connection once what was written is out and its client has had time to read it; what the client still sends is read and dropped. */
export function endKindly(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.end();
  socket.resume();
}
