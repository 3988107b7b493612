import { retryAfterMsOf } from './retry.js';
import type { Problem, ProblemCode } from './types.js';

const TYPE = /^urn:eris:problem:(\w+)$/;

/** What an answer that is no success told. */
export interface ToldProblem extends Partial<Problem> {
  readonly status: number;
  /** When the server asks to come back, ms from the answer. */
  readonly retryAfterMs?: number;
}

/** The API said no: the problem document that it answered with. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** The stable code, the end of the problem's type; `unknown` where no problem document came: something between us and the API answered. */
  readonly code: ProblemCode | 'unknown';
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The fields that are wrong, by their JSON paths. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  /** When the server asks to come back, ms from the answer; undefined where it says nothing. */
  readonly retryAfterMs: number | undefined;
  /** What the request is known by in the server's log. */
  readonly requestId: string | undefined;
  /** What the bid would be answered now, where its quote was outdated. */
  readonly quote: Problem['quote'];
  /** All that was told, as a problem document. */
  readonly document: ToldProblem;

  /** @param asked the request, in words: it begins the message. */
  constructor(asked: string, told: ToldProblem) {
    const { type = '', status, title = 'Not an answer of Eris', detail = '', remedy = '', errors = [], retryAfterMs, requestId } = told;
    const faults = errors.map(({ path, message }) => `${path} ${message}`);
    super([`${asked}: ${status} ${title}`, detail, remedy, ...faults].filter(Boolean).join('; '));
    this.code = (TYPE.exec(type)?.[1] ?? 'unknown') as ProblemCode | 'unknown';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.remedy = remedy;
    this.errors = errors;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
    this.quote = told.quote;
    this.document = told;
  }
}

/** No answer came: nobody listens, the connection broke, or it took too long. What became of the request is not known. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(asked: string, cause: unknown) {
    super(`${asked}: no answer: ${wordsOf(cause)}`, { cause });
  }
}

/** A failed fetch hides what happened in its cause. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}

/** What an answer that is no success says. @param body as it was sent: parsed JSON, or text. */
export function toldBy({ status, headers }: Response, body: unknown): ToldProblem {
  const retryAfterMs = retryAfterMsOf(headers);
  const told = isProblem(body) ? body : { detail: (typeof body === 'string' ? body : JSON.stringify(body ?? '')).slice(0, DETAIL_LENGTH) };
  const requestId = headers.get('x-request-id');
  return {
    ...(requestId !== null && { requestId }),
    ...told,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Of an answer that is not ours: the beginning of a page. */
const DETAIL_LENGTH = 200;

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string' && TYPE.test(body.type);

/** The JSON in a text; the text itself where it holds none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // not ours, or cut off: whoever asked sees what came
  }
}
