import { Queue, withBackend, type JobsOptions } from 'bullmq';
import { type QueueConnection, postgresBackend, postgresConnection, prefixOf, QUEUE_NAME, redisConnection } from './connection.js';
import { within } from './within.js';

/** Wakes a worker for a market. */
export interface WakeUpQueue {
  /**
   * Rejects where the wake-up is not known to be queued; nothing is lost by that, the worker's sweep finds the backlog.
   * @param trace what the wake-up goes on from, for whoever follows traces.
   */
  notify(marketId: bigint, trace?: TraceCarrier): Promise<void>;
  close(): Promise<void>;
}

/** A trace as it travels: W3C `traceparent` and `tracestate`. */
export type TraceCarrier = Readonly<Record<string, string>>;

/** What a wake-up job carries. */
export interface WakeUp {
  readonly marketId: string;
  readonly trace?: TraceCarrier;
}

/** How long queuing a wake-up may take, ms. */
const NOTIFY_MS_MAX = 5_000;

type BullQueue = Pick<Queue<WakeUp>, 'add' | 'close' | 'on' | 'waitUntilReady'>;

/** A queue and how to end it. */
interface OpenQueue {
  readonly queue: BullQueue;
  readonly end: () => Promise<void>;
}

/**
 * Makes a queue on Redis or on Postgres. The connection is made by the first wake-up and made anew if it never came up.
 * @param onError told of trouble with the connection while nothing is queued.
 */
export function createWakeUpQueue(site: QueueConnection, onError: (cause: unknown) => void): WakeUpQueue {
  let queue: Promise<OpenQueue> | undefined;
  const opened = (): Promise<OpenQueue> => {
    queue ??= openQueue(site, onError).catch((cause: unknown) => {
      queue = undefined;
      throw cause;
    });
    return queue;
  };
  return {
    notify: (marketId, trace) =>
      within(
        NOTIFY_MS_MAX,
        opened().then((open) => open.queue.add('wake', wakeUpOf(marketId, trace), jobOptions(marketId))),
      ),
    close: async () => {
      const closing = queue;
      queue = undefined;
      if (closing) await (await closing).end();
    },
  };
}

const wakeUpOf = (marketId: bigint, trace?: TraceCarrier): WakeUp => ({ marketId: marketId.toString(), ...(trace ? { trace } : {}) });

/** One waiting job per market; one that comes while it runs is kept for afterwards. */
function jobOptions(marketId: bigint): JobsOptions {
  return { deduplication: { id: `market-${marketId}`, keepLastIfActive: true }, removeOnComplete: true, removeOnFail: true };
}

async function openQueue(site: QueueConnection, onError: (cause: unknown) => void): Promise<OpenQueue> {
  const open = queueOf(site);
  open.queue.on('error', onError);
  try {
    await within(NOTIFY_MS_MAX, open.queue.waitUntilReady());
    return open;
  } catch (cause) {
    void open.end().catch(onError);
    throw cause;
  }
}

function queueOf(site: QueueConnection): OpenQueue {
  if (site.redisUrl === undefined) {
    const { Queue: PostgresQueue } = withBackend(postgresBackend);
    const queue = new PostgresQueue<WakeUp>(QUEUE_NAME, { connection: postgresConnection(site.databaseUrl) }) as unknown as BullQueue;
    return { queue, end: () => queue.close() };
  }
  const connection = redisConnection(site.redisUrl, 'notify');
  const queue = new Queue<WakeUp>(QUEUE_NAME, { connection, prefix: prefixOf(site) });
  return { queue, end: () => queue.close().finally(() => connection.disconnect()) };
}
