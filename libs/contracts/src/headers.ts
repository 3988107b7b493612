import { type ProblemCode, PROBLEMS } from './problems.js';

interface HeaderRow {
  readonly description: string;
  /** JSON Schema of its value. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** On every answer that the server gives, whatever was asked. */
  readonly always?: true;
  /** Told to browsers and proxies; programs have no use for it. */
  readonly isForBrowsers?: true;
}

const text = { type: 'string' } as const;

/**
 * Every response header that is more than the form of the message (Content-Type, Content-Length, Transfer-Encoding, Date, Connection,
 * Keep-Alive), by its name.
 */
export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description:
      'What the request is known by in the log: as it was sent, where it has 8 to 64 letters, digits, `_`, `.`, `:` or `-`; else made here.',
    schema: { type: 'string', examples: ['k3J-a81xQ0pZ.1f'] },
    always: true,
  },
  'Cache-Control': {
    description: 'Answers are for whoever asked, and are not to be stored.',
    schema: text,
    always: true,
    isForBrowsers: true,
  },
  'Content-Security-Policy': {
    description: 'An answer is data: nothing in it is run, and nobody frames it.',
    schema: text,
    always: true,
    isForBrowsers: true,
  },
  'X-Content-Type-Options': {
    description: 'The media type is what it says.',
    schema: { type: 'string', const: 'nosniff' },
    always: true,
    isForBrowsers: true,
  },
  'X-Frame-Options': {
    description: 'As Content-Security-Policy, for older browsers.',
    schema: { type: 'string', const: 'DENY' },
    always: true,
    isForBrowsers: true,
  },
  'Referrer-Policy': {
    description: 'No address is told to others.',
    schema: { type: 'string', const: 'no-referrer' },
    always: true,
    isForBrowsers: true,
  },
  Vary: { description: 'Where ERIS_CORS_ORIGINS lists origins: answers differ by who asks.', schema: text, isForBrowsers: true },
  'Access-Control-Allow-Origin': {
    description: 'The origin that asked, where ERIS_CORS_ORIGINS lists it.',
    schema: text,
    isForBrowsers: true,
  },
  'Access-Control-Expose-Headers': {
    description: 'What a page of such an origin may read of the answer.',
    schema: text,
    isForBrowsers: true,
  },
  'RateLimit-Policy': {
    description:
      'What may be asked, for each limit that holds: of `"key"`, `"organisation"` and `"family"` (an operator with the organisations that it made) a quota `q` and the seconds `w` in which it fills up. Where limits are set.',
    schema: { type: 'string', examples: ['"key";q=400;w=2'] },
  },
  RateLimit: {
    description: 'How each limit stands: what is left (`r`), and the seconds until it is whole again (`t`). Where limits are set.',
    schema: { type: 'string', examples: ['"key";r=399;t=1'] },
  },
  'Retry-After': {
    description: 'Seconds after which the same request, with the same key, may be repeated.',
    schema: { type: 'string', pattern: String.raw`^\d+$`, examples: ['1'] },
  },
  'Idempotency-Replayed': {
    description: '`true` where the request had been made before with its key: this is the answer of then, and nothing was done again.',
    schema: { type: 'string', const: 'true' },
  },
  'Preference-Applied': {
    description: 'The preference that was heeded: `wait=N`, with the seconds to which the wait was cut.',
    schema: { type: 'string', pattern: String.raw`^wait=\d+$`, examples: ['wait=30'] },
  },
  ETag: { description: 'The id of the quote, as If-Match takes it.', schema: { type: 'string', examples: ['"q12-7-3200000-0f3a"'] } },
  'X-Accel-Buffering': {
    description: 'Proxies pass a stream on as it comes.',
    schema: { type: 'string', const: 'no' },
    isForBrowsers: true,
  },
  'Set-Cookie': {
    description: 'The session of a browser that has signed in, or that it is over. Scripts cannot read it.',
    schema: text,
    isForBrowsers: true,
  },
  'WWW-Authenticate': { description: 'A key is needed.', schema: { type: 'string', const: 'Bearer' } },
  'Accept-Encoding': { description: 'What a body may be encoded as.', schema: { type: 'string', const: 'identity' } },
  Allow: { description: 'The methods that this path takes.', schema: { type: 'string', examples: ['POST, GET'] } },
} as const satisfies Record<string, HeaderRow>;

/** A header that answers may have. */
export type ResponseHeader = keyof typeof RESPONSE_HEADERS;

const rowOf = (name: ResponseHeader): HeaderRow => RESPONSE_HEADERS[name];
/** All of them. */
export const responseHeaders = Object.keys(RESPONSE_HEADERS) as readonly ResponseHeader[];
/** Those that every answer has. */
export const HEADERS_ALWAYS = responseHeaders.filter((name) => rowOf(name).always);
/** Those that any answer may have: what configuration asks for. */
export const HEADERS_ANYWHERE: readonly ResponseHeader[] = [
  ...HEADERS_ALWAYS,
  'Vary',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
];
/** Those that say how the limits of a key stand. */
export const HEADERS_OF_LIMITS: readonly ResponseHeader[] = ['RateLimit-Policy', 'RateLimit'];

/** Those that a problem has beyond what any answer has. */
const OF_PROBLEMS: Partial<Readonly<Record<ProblemCode, readonly ResponseHeader[]>>> = {
  unauthenticated: ['WWW-Authenticate'],
  unsupported_encoding: ['Accept-Encoding'],
  method_not_allowed: ['Allow'],
  quote_outdated: ['Idempotency-Replayed', 'Preference-Applied'],
  cancellation_outdated: ['Idempotency-Replayed', 'Preference-Applied'],
  allocation_over: ['Idempotency-Replayed', 'Preference-Applied'],
  rate_limited: ['Retry-After'],
  share_exceeded: ['Retry-After'],
  too_many_undecided: ['Retry-After'],
};

/** The headers that an answer with one of these problems may have. */
export function headersOfProblems(codes: readonly ProblemCode[]): readonly ResponseHeader[] {
  const own = codes.flatMap((code) => OF_PROBLEMS[code] ?? []);
  return codes.some((code) => PROBLEMS[code].status === 503) ? [...own, 'Retry-After'] : own;
}

/** The headers, in small letters, that pages of other origins are let read. */
export const exposedHeaders: readonly string[] = responseHeaders
  .filter((name) => !rowOf(name).isForBrowsers)
  .map((name) => name.toLowerCase());
