import type { Readable } from 'node:stream';
import { SEQUENCE_TEXT } from '#contracts';
import { StreamableFile } from '@nestjs/common';
import { ProblemError } from '../http/problem-error.js';
import { problemOfOutcome } from '../http/answer.js';
import type { Input } from '../http/input.js';
import type { CallerWatch } from '../http/caller-watch.js';
import type { Hold, Quota } from '../http/quota.js';
import { Reply } from '../http/reply.js';
import { EVENTS_PER_PAGE, eventStream, StreamEnding, type StreamTools } from './event-stream.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  connection: 'close',
};
/** A stream whose caller is let in no longer may say so, and is cut off where its reader doesn't take that within this, ms. */
const LAST_WORD_MS_MAX = 1_000;

/** What holds for every stream: how many there may be, and who is still let in. */
export interface StreamGuards {
  readonly quota: Quota;
  readonly callers: CallerWatch;
}

/** Opens streams of events. The first page is read before the answer begins, so that what is not there is a 404. */
export class EventStreams {
  private readonly open = new Set<StreamEnding>();

  constructor(
    private readonly tools: StreamTools,
    private readonly guards: StreamGuards,
    private readonly stopping: AbortSignal,
  ) {
    stopping.addEventListener('abort', () => [...this.open].forEach((ending) => ending.end('over')), { once: true });
  }

  /** Streams that are open now. */
  get openCount(): number {
    return this.open.size;
  }

  async start(input: Input<'streamEvents'>): Promise<Reply<StreamableFile>> {
    const after = sequenceOf(input.lastEventId ?? input.query.after);
    const hold = this.guards.quota.take(input.caller);
    input.whenOver(() => hold.release());
    const first = await this.tools.readEvents.run({ viewer: input.caller, ...input.params, after, limit: EVENTS_PER_PAGE });
    if (first.kind === 'market_unknown') {
      hold.release();
      throw problemOfOutcome(first);
    }
    const ending = new StreamEnding();
    const stream = eventStream(this.tools, { viewer: input.caller, ...input.params, first, ending });
    this.keep(stream, { input, hold, ending });
    return new Reply(new StreamableFile(stream), undefined, HEADERS);
  }

  /** From now on the stream is one of those that are open, until it is closed: its reader has gone, the server stops, or its caller is let in no longer. */
  private keep(stream: Readable, { input, hold, ending }: { input: Input<'streamEvents'>; hold: Hold; ending: StreamEnding }): void {
    this.open.add(ending);
    const unwatch = this.guards.callers.watch(input.caller, (why) => {
      ending.end(why);
      setTimeout(() => stream.destroy(), LAST_WORD_MS_MAX).unref();
    });
    stream.once('close', () => {
      this.open.delete(ending);
      unwatch();
      hold.release();
    });
    input.whenOver(() => ending.end('over'));
    input.letGo(); // a stream is counted among the streams, no longer among the requests in hand
    if (this.stopping.aborted) ending.end('over');
  }
}

function sequenceOf(text: string | undefined): bigint {
  if (text === undefined || text === '') return 0n;
  if (SEQUENCE_TEXT.test(text)) return BigInt(text);
  throw new ProblemError('invalid_header', { errors: [{ path: 'Last-Event-ID', message: 'must be a sequence number' }] });
}
