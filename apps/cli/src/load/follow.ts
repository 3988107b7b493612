import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Meter } from './meter.js';
import type { LoadStage } from './stage.js';

const RETRY_MS = 200;
const DECISION = /^id: (\d+)\nevent: bid_(accepted|refused)\n.*?"bidId":"(\d+)"/s;
const OTHER = /^id: (\d+)\n/;

/** Streams of events that are being read. */
export interface Following {
  /** Hangs up. Resolves when nothing is read any more. */
  stop(): Promise<void>;
}

/** Follows the events of every market and tells the meter of each decision. A stream that breaks goes on where it was. */
export function follow(url: string, { markets, operatorKey }: LoadStage, meter: Meter): Following {
  const agent = new Agent({ bodyTimeout: 0 });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every stream listens
  const reading = markets.map(({ marketId }) => followMarket({ url, marketId, key: operatorKey, agent, meter, signal: stopping.signal }));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(reading);
      await agent.destroy();
    },
  };
}

interface Stream {
  readonly url: string;
  readonly marketId: string;
  readonly key: string;
  readonly agent: Agent;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

async function followMarket(stream: Stream): Promise<void> {
  const place = { lastId: '0' };
  while (!stream.signal.aborted) {
    try {
      await readStream(stream, place);
    } catch (cause) {
      if (!stream.signal.aborted) stream.meter.fail(`events: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
    if (!stream.signal.aborted) await sleep(RETRY_MS);
  }
}

async function readStream({ url, marketId, key, agent, meter, signal }: Stream, place: { lastId: string }): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'last-event-id': place.lastId };
  const answer = await request(`${url}/v1/markets/${marketId}/events`, { dispatcher: agent, headers, signal });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${(await answer.body.text()).slice(0, 200)}`);
  answer.body.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer.body) {
    const events = (text + (chunk as string)).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) place.lastId = tell(meter, event) ?? place.lastId;
  }
}

/** @returns the event's id, where it has one. */
function tell(meter: Meter, event: string): string | undefined {
  const decision = DECISION.exec(event);
  if (!decision) return OTHER.exec(event)?.[1];
  meter.decision(decision[3], decision[2] as 'accepted' | 'refused');
  return decision[1];
}
