import createClient from 'openapi-fetch';
import { follow, type FollowOptions } from './follow.js';
import type { paths } from './generated/api.js';
import { OPERATIONS } from './generated/operations.js';
import { ProblemError, toldBy, UnreachableError } from './problems.js';
import { persist, RETRY, type Retry, type RetryPolicy } from './retry.js';
import type { AnswerOf, ArgumentsOf, ItemOf, ListId, MarketEvent, OperationId } from './types.js';

/** How requests travel: the platform's `fetch`, or one that does more. */
export type Fetch = (request: Request) => Promise<Response>;

/** How a client reaches the API. */
export interface ErisOptions {
  /** Where the API is: http://127.0.0.1:3000. */
  readonly url: string;
  /** The API key; what needs none can be asked without. */
  readonly key?: string;
  /** In a page of the API's own server whose browser has signed in (`signIn`): the browser's cookie stands for the key. */
  readonly session?: boolean;
  readonly fetch?: Fetch;
  /** Differs from the usual in these. `{ triesMax: 1 }`: every request is sent once. */
  readonly retry?: Partial<RetryPolicy>;
  /** How long an answer may take, ms, beside what the server was asked to wait; 30,000 where nothing is said. */
  readonly timeoutMs?: number;
  /** Told of each retry before its pause. */
  readonly onRetry?: (retry: Retry & { readonly operation: OperationId }) => void;
}

/** An answer with what stands beside its body. */
export interface Answer<Id extends OperationId> {
  readonly data: AnswerOf<Id>;
  readonly status: number;
  readonly headers: Headers;
  /** The request had been made before with its key: nothing was done again. */
  readonly isReplayed: boolean;
}

/** An input without its types: what they say was checked where it was given. */
interface PlainInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly waitSeconds?: number;
  readonly quoteId?: string;
  readonly signal?: AbortSignal;
}

type Requesting = (
  method: string,
  path: string,
  init: object,
) => Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>;

const TIMEOUT_MS = 30_000;
/** Rows of a page where nothing is said: as many as every list gives. */
const PAGE_ROWS = 500;
const KEY_BYTES = 16;
/** How long the server waits for the decision of a bid that names a quote, where nothing else is said. */
const QUOTED_WAIT_SECONDS = 30;

/**
 * The API as one holder of a key sees it. Every operation is called by its name in the OpenAPI document; inputs and answers have its types.
 * Requests that may be sent again are: reads, what has an idempotency key, and what the document marks as repeatable. Nothing else is ever sent twice.
 */
export class Eris {
  private readonly send: Fetch;
  private readonly request: Requesting;
  private readonly retry: RetryPolicy;

  constructor(private readonly options: ErisOptions) {
    this.send = options.fetch ?? ((request) => globalThis.fetch(request));
    this.retry = { ...RETRY, ...options.retry };
    this.request = createClient<paths>({ baseUrl: options.url }).request as unknown as Requesting;
  }

  /**
   * Calls an operation. @returns the body of its answer.
   * @throws ProblemError where the API says no, UnreachableError where no answer comes, the signal's reason where it aborts.
   */
  async call<Id extends OperationId>(id: Id, ...args: ArgumentsOf<Id>): Promise<AnswerOf<Id>> {
    return (await this.ask(id, ...args)).data;
  }

  /** As `call`, with status and headers. */
  async ask<Id extends OperationId>(id: Id, ...[input]: ArgumentsOf<Id>): Promise<Answer<Id>> {
    const given = (input ?? {}) as PlainInput;
    const { method, path } = OPERATIONS[id];
    const { params, query, body } = given;
    const { data, error, response } = await this.request(method, path, {
      params: { path: params ?? {}, query: query ?? {} },
      ...(body === undefined ? {} : { body }),
      headers: this.headersOf(id, given),
      parseAs: 'text',
      fetch: (request: Request) => this.exchange(id, request, given),
    });
    const asked = `${method.toUpperCase()} ${path}`;
    if (!response.ok) throw new ProblemError(asked, toldBy(response, error));
    const isOurs = data === undefined || isJson(response) || id === 'metrics';
    if (!isOurs) throw new ProblemError(asked, toldBy(response, data));
    return {
      data: (isJson(response) ? JSON.parse(String(data)) : data) as AnswerOf<Id>,
      status: response.status,
      headers: response.headers,
      isReplayed: response.headers.get('idempotency-replayed') === 'true',
    };
  }

  /** The rows of a list, page after page as they are asked for. A walk meets everything that was there when it began exactly once. */
  async *items<Id extends ListId>(id: Id, ...[input]: ArgumentsOf<Id>): AsyncGenerator<ItemOf<Id>, void, undefined> {
    const given = (input ?? {}) as PlainInput;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { limit: PAGE_ROWS, ...given.query, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.call(id, ...([{ ...given, query }] as unknown as ArgumentsOf<Id>));
      const { items, nextCursor } = page as { items: readonly ItemOf<Id>[]; nextCursor: string | null };
      yield* items;
      cursor = nextCursor;
    }
  }

  /** All rows of a list. */
  async all<Id extends ListId>(id: Id, ...args: ArgumentsOf<Id>): Promise<ItemOf<Id>[]> {
    const rows: ItemOf<Id>[] = [];
    for await (const row of this.items(id, ...args)) rows.push(row);
    return rows;
  }

  /**
   * The events of a market in their order, from after `after` on, then as they happen; without end. A stream that breaks or falls silent is opened again after
   * the last event that was given out, so that none is missed and none comes twice.
   * @throws ProblemError where the API says no for good (a revoked key, an unknown market), the signal's reason where it aborts.
   */
  events(marketId: string, options: FollowOptions = {}): AsyncGenerator<MarketEvent, void, undefined> {
    const { url, key } = this.options;
    const path = OPERATIONS.streamEvents.path.replace('{marketId}', encodeURIComponent(marketId));
    return follow({ url: `${url.replace(/\/+$/, '')}${path}`, headers: bearer(key), fetch: this.send }, options);
  }

  private headersOf(id: OperationId, { headers, idempotencyKey, waitSeconds, quoteId }: PlainInput): Record<string, string> {
    return {
      ...bearer(this.options.key),
      ...(this.options.session ? { 'x-requested-with': 'eris' } : {}),
      ...(OPERATIONS[id].isKeyed ? { 'idempotency-key': idempotencyKey ?? newIdempotencyKey() } : {}),
      ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` }),
      ...(quoteId === undefined ? {} : { 'if-match': `"${quoteId}"` }),
      ...headers,
    };
  }

  /** Sends a request, again where it may be. Each is made anew: URL, headers (the key too) and body are those of the first. */
  private exchange(
    id: OperationId,
    { url, method, headers }: Request,
    { body, signal, quoteId, waitSeconds }: PlainInput,
  ): Promise<Response> {
    const asked = `${method} ${OPERATIONS[id].path}`;
    const waited = waitSeconds ?? (quoteId === undefined ? 0 : QUOTED_WAIT_SECONDS);
    const ms = (this.options.timeoutMs ?? TIMEOUT_MS) + waited * 1000;
    const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const send = async (): Promise<Response> => {
      const late = AbortSignal.timeout(ms);
      try {
        return await whole(await this.send(new Request(url, { ...sent, signal: signal ? AbortSignal.any([signal, late]) : late })));
      } catch (cause) {
        throw new UnreachableError(asked, late.aborted ? late.reason : cause);
      }
    };
    const policy = OPERATIONS[id].isRepeatable ? this.retry : { ...this.retry, triesMax: 1 };
    return persist({ send, policy, signal, onRetry: (retry) => this.options.onRetry?.({ ...retry, operation: id }) });
  }
}

const isJson = ({ headers }: Response): boolean => /\bjson\b/.test(headers.get('content-type') ?? '');

/** An answer once all of it is there: one that breaks off in its body is none. @throws where it does. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const text = await response.text();
  if (response.ok && isJson(response)) JSON.parse(text);
  return new Response(NO_BODY.has(status) ? null : text, { status, statusText, headers });
}

/** Statuses whose answers have no body. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

const bearer = (key: string | undefined): Record<string, string> => (key === undefined ? {} : { authorization: `Bearer ${key}` });

/** A key unlike any other. */
export function newIdempotencyKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
