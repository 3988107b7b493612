import { setTimeout as sleep } from 'node:timers/promises';
import { withBackend, Worker, type WorkerOptions } from 'bullmq';
import type { TraceCarrier, WakeUp } from './wake-up-queue.js';
import { type QueueConnection, postgresBackend, postgresConnection, prefixOf, QUEUE_NAME, redisConnection } from './connection.js';
import { within } from './within.js';

/** Hears wake-ups until it is closed. */
export interface WakeUpListener {
  /** Hears no further wake-up and waits for the wake-ups that run. */
  close(): Promise<void>;
}

/** What is done at a wake-up, and of how many markets at once. */
export interface ListenerOptions extends QueueConnection {
  /** How many markets may be awake at the same time. */
  readonly concurrency: number;
  /** Does a market's work. At least once per wake-up; one that comes during it is followed by another call. */
  readonly onWake: (marketId: bigint, trace: TraceCarrier | undefined) => Promise<void>;
  /** Told of failed wake-ups and of trouble with the connection; the listener goes on. */
  readonly onError: (cause: unknown) => void;
}

/** A worker that dies leaves its wake-up to others after so long, ms. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 2_500;
/** After an error of the connection it is tried again after so long, ms. */
const RETRY_MS = 1_000;
/** A listener whose server is away is left to itself after so long, ms. */
const CLOSE_MS_MAX = 3_000;
/** A wake-up may be handed on so often; it says only where to look. */
const HANDED_ON_MAX = 100;

/** What a connection may take to come up, ms. */
const READY_MS_MAX = 10_000;

type Limits = Pick<WorkerOptions, 'autorun' | 'concurrency' | 'lockDuration' | 'stalledInterval' | 'runRetryDelay' | 'maxStalledCount'>;
type ListeningWorker = Pick<Worker<WakeUp>, 'on' | 'run' | 'close' | 'waitUntilReady'>;

/** A worker and how to end it. */
interface OpenWorker {
  readonly worker: ListeningWorker;
  readonly end: () => Promise<void>;
}

/** Listens for wake-ups on Redis or on Postgres. */
export function createWakeUpListener(options: ListenerOptions): WakeUpListener {
  const closing = new AbortController();
  const listening = listen(options, closing.signal);
  return {
    close: async () => {
      closing.abort();
      const open = await listening;
      if (open) await ended(open, options);
    },
  };
}

/**
 * Opens a worker and starts it once its connection is up. One whose connection did not come up is given up for another: on Postgres it never would,
 * and it would ask for work again and again without a pause, so that nothing else of the process had its turn.
 * @returns undefined where it was closed before.
 */
async function listen(options: ListenerOptions, closing: AbortSignal): Promise<OpenWorker | undefined> {
  while (!closing.aborted) {
    const open = openWorker(options);
    try {
      await within(READY_MS_MAX, Promise.race([open.worker.waitUntilReady(), aborted(closing)]));
      if (!closing.aborted) open.worker.run().catch(options.onError);
      return open;
    } catch (cause) {
      options.onError(cause);
      await ended(open, options);
      await sleep(RETRY_MS, undefined, { signal: closing }).catch(() => undefined); // closed meanwhile, as the loop sees
    }
  }
  return undefined;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));

const ended = (open: OpenWorker, { onError }: ListenerOptions): Promise<void> => within(CLOSE_MS_MAX, open.end()).catch(onError);

function openWorker(options: ListenerOptions): OpenWorker {
  const limits: Limits = {
    autorun: false,
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    runRetryDelay: RETRY_MS,
    maxStalledCount: HANDED_ON_MAX,
  };
  const open = workerOf(options, limits, ({ data }) => options.onWake(BigInt(data.marketId), data.trace));
  open.worker.on('error', options.onError);
  open.worker.on('failed', (_, cause) => options.onError(cause));
  return open;
}

function workerOf(site: QueueConnection, limits: Limits, hear: (job: { readonly data: WakeUp }) => Promise<void>): OpenWorker {
  if (site.redisUrl === undefined) {
    const { Worker: PostgresWorker } = withBackend(postgresBackend);
    const options = { ...limits, connection: postgresConnection(site.databaseUrl) };
    const worker = new PostgresWorker<WakeUp>(QUEUE_NAME, hear, options) as unknown as ListeningWorker;
    return { worker, end: () => worker.close() };
  }
  const connection = redisConnection(site.redisUrl, 'listen');
  const worker = new Worker<WakeUp>(QUEUE_NAME, hear, { ...limits, connection, prefix: prefixOf(site) });
  return {
    worker,
    end: async () => {
      if (connection.status !== 'ready') connection.disconnect(); // there is no server to tell
      await worker.close();
      connection.disconnect();
    },
  };
}
