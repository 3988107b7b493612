/** How often and how long a request is repeated that may be. */
export interface RetryPolicy {
  /** Requests in all, the first one included. */
  readonly triesMax: number;
  /** How long all pauses together may be, ms. A server that asks for more is not waited for. */
  readonly waitMsMax: number;
  /** The first pause where the server says nothing, ms; each further one is twice as long, up to `pauseMsMax`. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
}

/** How requests are sent again unless something else is said. */
export const RETRY: RetryPolicy = { triesMax: 6, waitMsMax: 60_000, pauseMs: 100, pauseMsMax: 10_000 };

/** A retry that is about to come. */
export interface Retry {
  /** Which request it will be: the first retry is 2. */
  readonly tries: number;
  readonly pauseMs: number;
  /** Why: the status of the answer, or what was thrown. */
  readonly cause: unknown;
}

/** Statuses that say nothing about the request: the same one may pass later. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Of a conflict: the first request with the same key is still under way. */
const IN_FLIGHT = /"urn:eris:problem:request_in_flight"/;

/** Whether the same request may pass later. */
export async function isPassing(response: Response): Promise<boolean> {
  return PASSING.has(response.status) || (response.status === 409 && IN_FLIGHT.test(await response.clone().text()));
}

/** What Retry-After asks for, ms: seconds, or a date, which is held against the server's own. Undefined where it says nothing. */
export function retryAfterMsOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const ms = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The pause before a further request where the server says nothing: twice as long each time, the second half of it by chance. */
export function backOffMs(failures: number, { pauseMs, pauseMsMax }: Pick<RetryPolicy, 'pauseMs' | 'pauseMsMax'>): number {
  const whole = Math.min(pauseMsMax, pauseMs * 2 ** (failures - 1));
  return whole * (0.5 + chance() / 2);
}

/** At least 0 and below 1; different in each client, so that those who were turned away together don't come back together. */
function chance(): number {
  const [random = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return random / 2 ** 32;
}

/** Resolves after so many ms. @throws the signal's reason where it aborts before. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}

interface Persisting {
  /** Sends the request. @throws what kept an answer from coming. */
  readonly send: () => Promise<Response>;
  readonly policy: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry: (retry: Retry) => void;
}

/** Sends a request until it is answered with something that lasts, or the policy has had enough. @throws what the last request did. */
export async function persist({ send, policy, signal, onRetry }: Persisting): Promise<Response> {
  let waitedMs = 0;
  for (let tries = 1; ; tries++) {
    const outcome = await send().catch((cause: unknown) => ({ cause }));
    signal?.throwIfAborted();
    if (outcome instanceof Response && !(await isPassing(outcome))) return outcome;
    const asked = outcome instanceof Response ? retryAfterMsOf(outcome.headers) : undefined;
    const pauseMs = asked ?? backOffMs(tries, policy);
    if (tries >= policy.triesMax || waitedMs + pauseMs > policy.waitMsMax) return lastOf(outcome);
    onRetry({ tries: tries + 1, pauseMs, cause: outcome instanceof Response ? outcome.status : outcome.cause });
    await pause(pauseMs, signal);
    waitedMs += pauseMs;
  }
}

function lastOf(outcome: Response | { readonly cause: unknown }): Response {
  if (outcome instanceof Response) return outcome;
  throw outcome.cause;
}
