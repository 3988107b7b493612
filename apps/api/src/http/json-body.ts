import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { LIMITS, type Operation } from '#contracts';
import type { InTurn } from '#market';
import { arrivedBody, readBody, tooLarge } from './body-reader.js';
import type { Connections } from './connections.js';
import type { Caller } from './api-key-cache.js';
import type { RequestAuthorizer } from './request-authorizer.js';
import { forbiddenKeys } from './forbidden-keys.js';
import { jsonExtent, PLAIN_BYTES } from './json-extent.js';
import type { GuardedRequest } from './auth-guard.js';
import { ProblemError } from './problem-error.js';
import type { Quota } from './quota.js';
import { partyOf } from './turns.js';

/** Of bodies up to so many bytes, what was made of them takes little: they are let go of as soon as they are parsed. */
const SMALL_BYTES = 65_536;

/** What bodies are read with. */
export interface BodyTools {
  readonly gate: RequestAuthorizer;
  readonly connections: Connections;
  readonly bodies: Quota;
  /** Turns for bodies that take long to read. */
  readonly large: InTurn;
  readonly limitBytes: number;
}

type Parse = (request: GuardedRequest, text: string) => Promise<unknown>;

/** Reads bodies where an operation has one; where it has none, whatever comes is left unread. */
export function readJsonBodies(server: FastifyInstance, tools: BodyTools): void {
  const parser = server.getDefaultJsonParser('error', 'error');
  const parse: Parse = (request, text) =>
    new Promise((resolve, reject) => void parser(request, text, (error, body) => (error ? reject(malformed(text)) : resolve(body))));
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', (request: GuardedRequest) => bodyOf(request, tools, parse));
  server.addContentTypeParser('*', (request: GuardedRequest) =>
    request.operation?.body ? Promise.reject(new ProblemError('unsupported_media_type')) : Promise.resolve(undefined),
  );
}

async function bodyOf(request: GuardedRequest, tools: BodyTools, parse: Parse): Promise<unknown> {
  const { operation, caller, raw } = request;
  if (!operation?.body || !caller) return undefined;
  checkHeaders(request, tools.limitBytes);
  const read = (bytes: Buffer): Promise<unknown> => {
    checkBytes(bytes, operation);
    return parse(request, bytes.toString('utf8'));
  };
  return raw.complete && raw.readableLength <= SMALL_BYTES
    ? readArrived(raw, { ...tools, caller, read })
    : readArriving(request, { ...tools, caller, read });
}

type Reading = BodyTools & { readonly caller: Caller; readonly read: (bytes: Buffer) => Promise<unknown> };

/** Most bodies are small, and whole by the time that their key was found good. */
async function readArrived(raw: IncomingMessage, { bodies, caller, limitBytes, read }: Reading): Promise<unknown> {
  const bytes = arrivedBody(raw, limitBytes);
  const hold = bodies.take(caller, bytes.length);
  try {
    return await read(bytes);
  } finally {
    hold.release();
  }
}

async function readArriving(request: GuardedRequest, reading: Reading): Promise<unknown> {
  const { gate, connections, bodies, large, limitBytes, caller, read } = reading;
  const { raw } = request;
  const hold = bodies.take(caller, 0);
  connections.whenOver(raw, () => hold.release());
  const isLate = !raw.complete;
  const bytes = await readBody({ request: raw, connections, hold, limitBytes });
  if (isLate) await gate.confirm(request); // the key may have been revoked while the body came
  if (bytes.length > SMALL_BYTES) {
    request.letBodyGo = () => hold.release();
    return large(partyOf(caller), async () => read(bytes));
  }
  const body = await read(bytes);
  hold.release();
  return body;
}

function checkHeaders({ headers }: GuardedRequest, limitBytes: number): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity')
    throw new ProblemError(
      'unsupported_encoding',
      { detail: `content-encoding: ${encoding} is not taken; identity is.` },
      { 'accept-encoding': 'identity' },
    );
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new ProblemError(
      'unsupported_encoding',
      { detail: `transfer-encoding: ${coding} is not taken; chunked is.` },
      { 'accept-encoding': 'identity' },
    );
  const [, charset] = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new ProblemError('unsupported_charset', { detail: `charset ${charset} is not taken; utf-8 is.` });
  if (Number(headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

/** What is wrong with a body's bytes, before anything is made of them. */
function checkBytes(bytes: Buffer, { bodyValues = LIMITS.bodyValues }: Operation): void {
  if (bytes.length === 0) throw new ProblemError('malformed_json', { detail: 'The body is empty.' });
  if (!isUtf8(bytes)) throw new ProblemError('malformed_json', { detail: 'The body is not UTF-8.' });
  if (bytes.length <= PLAIN_BYTES) return;
  const { values, depth } = jsonExtent(bytes);
  if (values > bodyValues)
    throw new ProblemError('body_too_large', {
      detail: `This body may hold ${bodyValues} values, lists and fields in all; it has ${values}.`,
    });
  if (depth > LIMITS.bodyDepth) throw new ProblemError('malformed_json', { detail: `A body may be ${LIMITS.bodyDepth} levels deep.` });
}

/** The parser of Fastify says neither what nor where; that of the language does, and what it takes has a key that no body may have. */
function malformed(text: string): ProblemError {
  const complaint = complaintOf(text);
  if (complaint !== undefined) return new ProblemError('malformed_json', { detail: complaint });
  return new ProblemError('invalid_body', { errors: forbiddenKeys(JSON.parse(text)) });
}

function complaintOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message.replaceAll(/, ".*" is not valid JSON$/gs, ' is not valid JSON') : undefined;
  }
}
