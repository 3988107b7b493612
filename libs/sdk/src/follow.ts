import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { parsed, ProblemError, toldBy, UnreachableError } from './problems.js';
import { backOffMs, pause } from './retry.js';
import type { MarketEvent } from './types.js';

/** From where on a log is followed, and how patiently. */
export interface FollowOptions {
  /** The sequence number of the last event that is known already; from the first one on where nothing is said. */
  readonly after?: string;
  readonly signal?: AbortSignal;
  /** A stream that says nothing for so long is dead, ms: the server says something every 15 seconds. */
  readonly silenceMs?: number;
  /** The least pause before a stream that broke is opened again, ms; what the server says where nothing is said. */
  readonly retryMs?: number;
  /** The longest such pause, ms: each break before anything is heard doubles it. */
  readonly retryMsMax?: number;
  /** Told each time a stream has broken, with why; undefined where the server ended it in order. */
  readonly onBreak?: (cause: unknown) => void;
  /** Told whenever the stream is heard: when it is open, and with everything that comes, signs of life too. */
  readonly onHeard?: () => void;
}

/** Where a stream is, and how it is asked for. */
export interface StreamSource {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: (request: Request) => Promise<Response>;
}

const SILENCE_MS = 45_000;
/** The pause before a stream is opened again, until the server has said which; and the longest one, ms. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

/** How the following stands. */
interface Place {
  after: string | undefined;
  retryMs: number;
  /** Breaks since anything was heard. */
  failures: number;
}

/** The events of a stream, through every break. @throws as Eris.events. */
export async function* follow(source: StreamSource, options: FollowOptions): AsyncGenerator<MarketEvent, void, undefined> {
  const { signal, onBreak, retryMsMax = RETRY_MS_MAX } = options;
  const place: Place = { after: options.after, retryMs: options.retryMs ?? RETRY_MS, failures: 0 };
  for (;;) {
    signal?.throwIfAborted();
    let cause: unknown;
    try {
      for await (const events of eventsOf(source, options, place))
        for (const event of events) {
          signal?.throwIfAborted();
          yield event;
        }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      cause = error;
    }
    place.failures += 1;
    onBreak?.(cause);
    const asked = cause instanceof ProblemError ? cause.retryAfterMs : undefined;
    await pause(asked ?? backOffMs(place.failures, { pauseMs: place.retryMs, pauseMsMax: Math.max(place.retryMs, retryMsMax) }), signal);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof ProblemError && (error.status >= 500 || error.status === 429 || error.status === 408));

/**
 * The events of one connection as they come together, those that were given out before left out. Ends with the connection. Busy streams bring
 * many at once: a generator within a generator for each of them would cost more than reading them.
 */
async function* eventsOf(source: StreamSource, options: FollowOptions, place: Place): AsyncGenerator<MarketEvent[], void, undefined> {
  for await (const messages of messagesOf(source, options, place)) {
    const end = messages.find(({ event }) => event === 'end');
    yield messages.flatMap((message) => eventIn(message, place));
    if (end) throw new ProblemError(`GET ${source.url}`, endOf(end.data));
  }
}

/** The event of a message, where it has one that comes after those that are known. */
function eventIn({ id, event, data }: EventSourceMessage, place: Place): MarketEvent[] {
  if (event === 'end' || id === undefined || (place.after !== undefined && BigInt(id) <= BigInt(place.after))) return [];
  place.after = id;
  return [JSON.parse(data) as MarketEvent];
}

/** A stream that ends for good does so because asking again would be refused. */
function endOf(data: string) {
  const { reason } = parsed(data) as { reason?: string };
  return { type: 'urn:eris:problem:unauthenticated', status: 401, title: 'No valid key', detail: `The stream has ended: ${reason}.` };
}

async function* messagesOf(
  source: StreamSource,
  { signal, silenceMs = SILENCE_MS, retryMs, onHeard }: FollowOptions,
  place: Place,
): AsyncGenerator<EventSourceMessage[], void, undefined> {
  const hangUp = new AbortController();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  // Node forgets that a request has a signal once nobody holds the request any more: what is being read is ended by hand.
  const end = (cause: unknown): void => {
    hangUp.abort(cause);
    void reader?.cancel(cause).catch(() => undefined); // of a connection that is gone already
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const silence = new Silence(source, silenceMs, end);
  const heard: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (message) => heard.push(message),
    onRetry: (ms) => (place.retryMs = retryMs ?? ms),
  });
  try {
    const body = await silence.endsWith(open(source, place, hangUp.signal));
    onHeard?.();
    reader = body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await silence.endsWith(reader.read());
      if (done) return signal?.throwIfAborted();
      place.failures = 0;
      onHeard?.();
      parser.feed(decoder.decode(value, { stream: true }));
      if (heard.length > 0) yield heard.splice(0);
    }
  } finally {
    silence.stop();
    signal?.removeEventListener('abort', onAbort);
    onAbort();
  }
}

/** How often a silence is looked at before it is too long. */
const LOOKS = 8;

/** Notices that a stream says nothing. One timer for all that is waited for: of a busy stream that is hundreds of things a second. */
class Silence {
  private isWaiting = false;
  private looks = 0;
  private fault: UnreachableError | undefined;
  private readonly timer: ReturnType<typeof setInterval>;

  /** @param onOver told once nothing was heard for `ms`, or an eighth more: what is waited for then must end. */
  constructor(
    private readonly source: StreamSource,
    private readonly ms: number,
    private readonly onOver: (fault: UnreachableError) => void,
  ) {
    this.timer = setInterval(() => this.look(), ms / LOOKS);
  }

  /** @throws UnreachableError where what is waited for fails, or the silence lasted too long. */
  async endsWith<Value>(pending: Promise<Value>): Promise<Value> {
    this.isWaiting = true;
    this.looks = 0;
    try {
      const value = await pending;
      if (this.fault) throw this.fault;
      return value;
    } catch (cause) {
      if (this.fault) throw this.fault;
      throw cause instanceof ProblemError ? cause : new UnreachableError(`GET ${this.source.url}`, cause);
    } finally {
      this.isWaiting = false;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    if (!this.isWaiting || ++this.looks <= LOOKS) return;
    this.stop();
    this.fault = new UnreachableError(`GET ${this.source.url}`, `nothing was heard for ${this.ms} ms`);
    this.onOver(this.fault);
  }
}

async function open({ url, headers, fetch }: StreamSource, { after }: Place, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const resumed: Record<string, string> = after === undefined ? {} : { 'last-event-id': after };
  const response = await fetch(new Request(url, { headers: { accept: 'text/event-stream', ...headers, ...resumed }, signal }));
  if (!response.ok) throw new ProblemError(`GET ${url}`, toldBy(response, parsed(await response.text())));
  if (!response.body) throw new UnreachableError(`GET ${url}`, 'the answer has no body');
  return response.body;
}
