import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, createSession } from '#postgres';
import { at } from '#units';
import { channelOf } from '../postgres/channel.js';

/** Pauses between attempts to listen again, ms; the last one repeats. */
const PAUSES_MS = [100, 500, 2_000, 5_000];

/** A market's log has grown to `sequence`. Only a hint: it can be lost, late or doubled. */
export interface MarketChange {
  readonly marketId: bigint;
  readonly sequence: bigint;
  /** Whether it has grown by decisions: a worker is at it. */
  readonly isDecided: boolean;
}

/** Hears of changes until it is closed. */
export interface MarketChanges {
  close(): Promise<void>;
}

interface Listeners {
  readonly onChange: (change: MarketChange) => void;
  /** The connection was lost, or none could be made. It is tried again. */
  readonly onTrouble: (cause: unknown) => void;
}

/** Listens on a connection of its own for as long as it is not closed; connects again whenever it is lost. */
export function listenForChanges(databaseUrl: string, listeners: Listeners): MarketChanges {
  const stop = new AbortController();
  const running = listenUntilStopped(databaseUrl, listeners, stop.signal);
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

async function listenUntilStopped(databaseUrl: string, listeners: Listeners, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await listenOnce(databaseUrl, listeners, { signal, onListening: () => (attempt = 0) });
    } catch (cause) {
      listeners.onTrouble(cause);
    }
    await pause(at(PAUSES_MS, Math.min(attempt, PAUSES_MS.length - 1)), signal);
  }
}

/** Ends when told to stop; rejects when the connection fails. */
async function listenOnce(
  databaseUrl: string,
  { onChange }: Listeners,
  { signal, onListening }: { signal: AbortSignal; onListening: () => void },
): Promise<void> {
  const client = createSession(databaseUrl, { application: 'eris-changes' });
  const ended = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => (signal.aborted ? resolve() : reject(new Error('the connection that listens for changes has ended'))));
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  client.on('notification', ({ payload }) => {
    const change = changeOf(payload);
    if (change) onChange(change);
  });
  try {
    await Promise.race([client.connect().then(() => client.query(`LISTEN ${channelOf(addressOf(databaseUrl).schema)}`)), ended]);
    onListening();
    await ended;
  } finally {
    await client.end();
  }
}

function changeOf(payload: string | undefined): MarketChange | undefined {
  const match = /^(\d+):(\d+)(:decided)?$/.exec(payload ?? '');
  return match ? { marketId: BigInt(at(match, 1)), sequence: BigInt(at(match, 2)), isDecided: match[3] !== undefined } : undefined;
}

/** Sleeps, or returns at once when told to stop. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([sleep(ms, undefined, { ref: false }), stopped]);
}
