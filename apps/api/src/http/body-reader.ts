import type { IncomingMessage } from 'node:http';
import type { ProblemCode } from '#contracts';
import { at } from '#units';
import type { Connections } from './connections.js';
import { ProblemError } from './problem-error.js';
import type { Hold } from './quota.js';

/** A body to be read, and what its reading is tied to. */
export interface Reading {
  readonly request: IncomingMessage;
  readonly connections: Connections;
  /** Grows with what arrives. */
  readonly hold: Hold;
  readonly limitBytes: number;
}

const NOTHING = Buffer.alloc(0);

/** A body that has come as a whole already, as most of the small ones have. @throws ProblemError where it is too large. */
export function arrivedBody(request: IncomingMessage, limitBytes: number): Buffer {
  if (request.readableLength > limitBytes) throw tooLarge(limitBytes);
  return (request.read() as Buffer | null) ?? NOTHING;
}

/** Reads a body. What it holds is what has arrived, never what was announced. @throws ProblemError where it is too large, too slow or cut off. */
export function readBody({ request, connections, hold, limitBytes }: Reading): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const end = (): void => {
      request.removeListener('data', onData).removeListener('end', onEnd).removeListener('error', onCut).removeListener('close', onCut);
      request.on('error', ignore);
    };
    const fail = (error: Error): void => {
      end();
      request.resume();
      reject(error);
    };
    const onData = (part: Buffer): void => {
      length += part.length;
      if (length > limitBytes) return fail(tooLarge(limitBytes));
      try {
        hold.grow(part.length);
      } catch (error) {
        return fail(error instanceof Error ? error : new Error(String(error)));
      }
      parts.push(part);
    };
    const onEnd = (): void => {
      end();
      resolve(parts.length === 1 ? at(parts, 0) : Buffer.concat(parts, length));
    };
    const onCut = (): void => fail(new ProblemError('malformed_request', { detail: 'The body ended before it was whole.' }));
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
    connections.reading(request, (code: ProblemCode, details) => fail(new ProblemError(code, details)));
  });
}

/** The problem of a body of more bytes than that. */
export const tooLarge = (limitBytes: number): ProblemError =>
  new ProblemError('body_too_large', { detail: `A body may have ${limitBytes} bytes.` });

/** A connection that breaks after a body was refused is nobody's trouble. */
const ignore = (): void => undefined;
