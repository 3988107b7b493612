import { StreamableFile } from '@nestjs/common';
import { ProblemError } from '../http/problem-error.js';
import { problemOfOutcome } from '../http/answer.js';
import type { Input } from '../http/input.js';
import { Reply } from '../http/reply.js';
import { EVENTS_PER_PAGE, eventStream, type StreamTools } from './event-stream.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  connection: 'close',
};
/** Streams open at once; more are told to come back. */
const STREAMS_MAX = 2_000;

/** Opens streams of events. The first page is read before the answer begins, so that what is not there is a 404. */
export class EventStreams {
  private open = 0;

  constructor(
    private readonly tools: StreamTools,
    private readonly stopping: AbortSignal,
  ) {}

  /** Streams that are open now. */
  get openCount(): number {
    return this.open;
  }

  async start({ caller, params, query, lastEventId, gone }: Input<'streamEvents'>): Promise<Reply<StreamableFile>> {
    const after = sequenceOf(lastEventId ?? query.after);
    const first = await this.tools.readEvents.run({ viewer: caller, ...params, after, limit: EVENTS_PER_PAGE });
    if (first.kind === 'market_unknown') throw problemOfOutcome(first);
    if (this.open >= STREAMS_MAX) throw new ProblemError('overloaded', { detail: 'Too many event streams are open.' });
    const stream = eventStream(this.tools, { viewer: caller, ...params, first, signal: AbortSignal.any([gone(), this.stopping]) });
    this.open += 1;
    stream.once('close', () => (this.open -= 1));
    return new Reply(new StreamableFile(stream), undefined, HEADERS);
  }
}

function sequenceOf(text: string | undefined): bigint {
  if (text === undefined || text === '') return 0n;
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new ProblemError('invalid_header', { errors: [{ path: 'Last-Event-ID', message: 'must be a sequence number' }] });
}
