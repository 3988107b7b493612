import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnfit, type EmbeddedPostgres, migrate, startEmbeddedPostgres } from '#persistence';
import { createSession, explainTrouble, placeOf } from '#postgres';
import type { HostTerminal } from '../terminal.js';
import { unlessAborted } from './abort.js';
import { RESTART_PAUSE_MS, Restarts } from './restarts.js';
import type { Run } from './run.js';

/** After which a database that is still silent is spoken of, and after which it is given up (docs/operations.md), ms. */
const TOLD_AFTER_MS = 3_000;
const REACHED_MS_MAX = 30_000;

/** What Postgres's own tools are told by the environment: meant for servers of the user's, never for the embedded one. */
export const isPostgresVariable = (name: string): boolean => /^PG[A-Z]+$/.test(name);

/** Where the data are. */
export interface Database {
  readonly url: string;
  /** Whether it was away for a moment since this was last asked, by a restart: what failed meanwhile may be tried again. */
  wasAway(): boolean;
}

/**
 * Starts the embedded server, and keeps it running: one that is killed is started again where it was, at most five times a minute.
 */
export async function startDatabase(
  terminal: HostTerminal,
  { config, closing, onGiveUp, signal }: Run,
  dataDir: string,
): Promise<Database> {
  terminal.forgetVariables(isPostgresVariable);
  const startedMs = terminal.clock.nowMs();
  const starting = startEmbeddedPostgres({ dataDir, signal });
  await closing.add('the start of the embedded PostgreSQL', () => settled(starting)); // told to end, it still has to clear away what it began
  const postgres = await starting;
  const stopping = new AbortController();
  await closing.add('the embedded PostgreSQL', () => {
    stopping.abort();
    return postgres.stop();
  });
  let deaths = 0;
  const onDeath = (): void => void deaths++;
  void keepRunning(postgres, { terminal, onGiveUp, onDeath, stopping: stopping.signal, logFile: join(dataDir, 'postgres.log') });
  terminal.err(`eris: embedded PostgreSQL is up after ${secondsSince(terminal, startedMs)} s (data in ${config.dataDir})\n`);
  const wasAway = (): boolean => {
    const found = deaths > 0;
    deaths = 0;
    return found;
  };
  return { url: postgres.url, wasAway };
}

interface Keeping extends Pick<Run, 'onGiveUp'> {
  readonly terminal: HostTerminal;
  readonly stopping: AbortSignal;
  readonly onDeath: () => void;
  readonly logFile: string;
}

async function keepRunning(postgres: EmbeddedPostgres, { terminal, onGiveUp, onDeath, stopping, logFile }: Keeping): Promise<void> {
  const restarts = new Restarts(terminal.clock);
  for (let how = 'has ended'; ;) {
    await postgres.ended;
    if (stopping.aborted) return;
    onDeath();
    const { recent, isTooMany } = restarts.count();
    if (isTooMany) return onGiveUp(`the embedded PostgreSQL has ended ${recent} times within a minute; its messages are in ${logFile}`);
    terminal.err(`eris: the embedded PostgreSQL ${how} and is started again; its messages are in ${logFile}\n`);
    how = await restart(postgres, terminal);
  }
}

/** Waits for the end of work, however it ends: whoever else waits for it hears that. */
const settled = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );

/** @returns how it will have ended when it has: by then it was up, or it did not start. */
async function restart(postgres: EmbeddedPostgres, terminal: HostTerminal): Promise<string> {
  await sleep(RESTART_PAUSE_MS);
  const startedMs = terminal.clock.nowMs();
  try {
    await postgres.restart();
    terminal.err(`eris: the embedded PostgreSQL is up again after ${secondsSince(terminal, startedMs)} s\n`);
    return 'has ended';
  } catch (cause) {
    return `did not start (${cause instanceof Error ? cause.message : String(cause)})`;
  }
}

const secondsSince = ({ clock }: HostTerminal, startedMs: number): string => ((clock.nowMs() - startedMs) / 1000).toFixed(1);

/**
 * Brings a database to the schema of this version. One that says nothing is waited for, and spoken of, before it is given up.
 * @throws Error naming the database, without its password, where it can't be had; the signal's reason where that came.
 */
export async function bringUpToDate(terminal: HostTerminal, databaseUrl: string, signal: AbortSignal): Promise<void> {
  const place = placeOf(databaseUrl);
  try {
    await telling(terminal, `waiting for the database at ${place}`, untilReached(terminal, databaseUrl, signal));
    const migrating = migrate(databaseUrl, (line) => terminal.err(`eris: ${line}\n`));
    await telling(terminal, `bringing the database at ${place} up to date`, unlessAborted(migrating, signal));
  } catch (cause) {
    signal.throwIfAborted();
    const known = cause instanceof DatabaseUnfit ? cause.message : explainTrouble(cause, databaseUrl);
    throw new Error(known ?? `the database at ${place} could not be brought up to date: ${String(cause)}`, { cause });
  }
}

/** Says what is being done where it takes more than a moment. */
async function telling(terminal: HostTerminal, what: string, work: Promise<void | readonly string[]>): Promise<void> {
  const tell = setTimeout(() => terminal.err(`eris: ${what} …\n`), TOLD_AFTER_MS);
  try {
    await work;
  } finally {
    clearTimeout(tell);
  }
}

async function untilReached({ clock }: HostTerminal, databaseUrl: string, signal: AbortSignal): Promise<void> {
  const endMs = clock.nowMs() + REACHED_MS_MAX;
  for (let silence = await attempt(databaseUrl, signal); silence !== undefined; silence = await attempt(databaseUrl, signal))
    if (clock.nowMs() > endMs) throw silence;
}

/** Connects once. @returns the error where there was no answer. @throws what the answer was where it was no. */
async function attempt(databaseUrl: string, signal: AbortSignal): Promise<Error | undefined> {
  const session = createSession(databaseUrl, { application: 'eris-start' });
  try {
    await unlessAborted(session.connect(), signal);
    return undefined;
  } catch (cause) {
    signal.throwIfAborted();
    if (isSilence(cause)) return cause;
    throw cause;
  } finally {
    void session.end().catch(() => undefined); // its end may wait for an answer that does not come
  }
}

/** pg has no codes for it. */
const isSilence = (cause: unknown): cause is Error =>
  cause instanceof Error && /timeout/i.test(`${cause.message} ${String((cause as NodeJS.ErrnoException).code)}`);
