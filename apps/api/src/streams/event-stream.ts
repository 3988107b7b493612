import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventTold } from '#contracts';
import type { Clock, EventPage, EventRecord, ReadEvents, Viewer } from '#market';
import { isDatabaseTrouble } from '#postgres';
import type { CallerEnd } from '../http/caller-watch.js';
import type { MarketChangeNotifier } from './market-change-notifier.js';

/** Events that are read at once for a stream. */
export const EVENTS_PER_PAGE = 200;
/** How often is looked where no notification comes, and how long a stream may be silent, ms. */
const LOOK_EVERY_MS = 1_000;
const HEARTBEAT_MS = 15_000;

/** What every stream needs. */
export interface StreamTools {
  readonly readEvents: ReadEvents;
  readonly pulse: MarketChangeNotifier;
  readonly clock: Clock;
}

/** Who follows which market's log, and from where on. */
export interface StreamRequest {
  readonly viewer: Viewer;
  readonly marketId: bigint;
  /** The page that the stream begins with. */
  readonly first: EventPage;
  /** How it ends: when the reader has gone, the server stops, the key is revoked or the session is over. */
  readonly ending: StreamEnding;
}

/** The end of a stream, told to it from outside. */
export class StreamEnding {
  private why: CallerEnd | 'over' | undefined;
  /** Called once when the end comes. */
  onEnd: () => void = () => undefined;

  get reason(): CallerEnd | 'over' | undefined {
    return this.why;
  }

  end(reason: CallerEnd | 'over'): void {
    if (this.why !== undefined) return;
    this.why = reason;
    this.onEnd();
  }
}

/** The last thing that a stream says whose caller is let in no longer. It has no id: a client that goes on elsewhere goes on after the last event. */
const lastWord = (reason: CallerEnd): string => `event: end\ndata: ${JSON.stringify({ reason })}\n\n`;

/** The log of a market as server-sent events, from a first page on until its end. The reader's pace is the stream's pace. */
export function eventStream(tools: StreamTools, request: StreamRequest): Readable {
  return Readable.from(follow(tools, request), { objectMode: false });
}

async function* follow(tools: StreamTools, request: StreamRequest): AsyncGenerator<string> {
  const watch = tools.pulse.watch(request.marketId);
  const { ending } = request;
  ending.onEnd = () => watch.nudge();
  let { first: page } = request;
  let saidAtMs = tools.clock.nowMs();
  yield 'retry: 1000\n\n';
  try {
    while (ending.reason === undefined) {
      if (page.events.length > 0) {
        yield page.events.map(eventText).join('');
        saidAtMs = tools.clock.nowMs();
      }
      if (page.events.length < EVENTS_PER_PAGE) await watch.next(LOOK_EVERY_MS);
      if (tools.clock.nowMs() - saidAtMs >= HEARTBEAT_MS) {
        yield ': still here\n\n';
        saidAtMs = tools.clock.nowMs();
      }
      if (ending.reason === undefined) page = await nextPage(tools, request, page.upTo);
    }
    if (ending.reason !== 'over') yield lastWord(ending.reason);
  } finally {
    watch.close();
  }
}

/** The page after a sequence number; an empty one while the database is away. */
async function nextPage({ readEvents }: StreamTools, { viewer, marketId }: StreamRequest, after: bigint): Promise<EventPage> {
  try {
    const outcome = await readEvents.run({ viewer, marketId, after, limit: EVENTS_PER_PAGE });
    return outcome.kind === 'page' ? outcome : { events: [], upTo: after };
  } catch (error) {
    if (!isDatabaseTrouble(error)) throw error;
    await sleep(LOOK_EVERY_MS);
    return { events: [], upTo: after };
  }
}

/** An event as a message of a stream: id, type and data. */
export function eventText(record: EventRecord): string {
  return `id: ${record.sequence}\nevent: ${record.event.kind}\ndata: ${JSON.stringify(eventTold(record))}\n\n`;
}
