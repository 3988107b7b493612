import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDataFile, makeDataFolder } from '#persistence';
import type { HostTerminal } from '../terminal.js';
import { unlessAborted } from './abort.js';
import { type AdminKey, adminKeyOf } from './admin-key.js';
import { bringUpToDate, type Database, startDatabase } from './databases.js';
import { probePort, urlOf } from './ports.js';
import type { Run } from './run.js';
import { Service } from './service.js';

const API = new URL('../../../api/src/main.js', import.meta.url);
const WORKER = new URL('../../../worker/src/main.js', import.meta.url);
const READY_MAX_MS = 60_000;
const READY_EVERY_MS = 50;
/** What a service may take beyond its own time to shut down before it is killed. */
const GRACE_MARGIN_MS = 5_000;

/** A whole Eris that runs: database, API, worker. */
export interface Serving {
  readonly url: string;
  readonly adminKey: AdminKey;
  readonly databaseUrl: string;
  /** Where the services' output is; undefined where it goes to ours. */
  readonly logDir: string | undefined;
}

/** The operator's key, for those who cannot do without. @throws Error saying what to do where it is not known here. */
export function operatorKeyOf({ adminKey: { text, note } }: Pick<Serving, 'adminKey'>): string {
  if (text === undefined) throw new Error(`the operator's key is needed, and it is not known here: ${note}`);
  return text;
}

/** What a run of the whole service is started with. */
export interface ServeOptions extends Run {
  /** Take another port where the wanted one is taken. */
  readonly anyPort: boolean;
  /** Keep the services' output in files of the data folder. */
  readonly logToFiles: boolean;
  /** One tenant is to load it at full speed: what keeps tenants from each other is off where the environment says nothing. */
  readonly forLoad?: true;
}

const FOR_LOAD = { ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND: '0', ERIS_TENANT_SHARE_PERCENT: '100' };

/**
 * Starts everything in order and waits until the API answers; what it starts is stopped through `closing`.
 * @throws Error saying what to do where the port is taken or the database can't be had.
 */
export async function serve(terminal: HostTerminal, options: ServeOptions): Promise<Serving> {
  const { config } = options;
  const port = await portOf(terminal, options);
  const dataDir = resolve(config.dataDir);
  const database = await databaseOf(terminal, options, dataDir);
  const databaseUrl = database.url;
  await bringUpToDate(terminal, databaseUrl, options.signal);
  const isEmbedded = config.databaseUrl === undefined;
  const site = { configured: config.adminKey, dataDir, databaseUrl, isEmbedded };
  const adminKey = await unlessAborted(adminKeyOf(site), options.signal);
  const logDir = options.logToFiles ? await makeDataFolder(dataDir, 'logs') : undefined;
  const env = {
    ...(options.forLoad ? FOR_LOAD : {}),
    ...terminal.env,
    ERIS_HOST: config.host,
    ERIS_PORT: String(port),
    DATABASE_URL: databaseUrl,
    ERIS_DATA_DIR: dataDir,
  };
  const serving = { url: urlOf(config.host, port), adminKey, databaseUrl, logDir };
  await startServices(terminal, { ...options, env, serving, database });
  return serving;
}

async function portOf(terminal: HostTerminal, { config: { host, port }, anyPort }: ServeOptions): Promise<number> {
  const free = await probePort(host, port);
  if (free !== undefined) return free;
  if (!anyPort)
    throw new Error(`port ${port} of ${host} is taken: stop what listens there, or set PORT to another one (0 is any free one)`);
  const other = (await probePort(host, 0)) ?? 0;
  terminal.err(`eris: port ${port} is taken, using ${other}\n`);
  return other;
}

const databaseOf = async (terminal: HostTerminal, options: ServeOptions, dataDir: string): Promise<Database> => {
  const { databaseUrl } = options.config;
  return databaseUrl === undefined ? startDatabase(terminal, options, dataDir) : { url: databaseUrl, wasAway: () => false };
};

interface StartOptions extends ServeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly serving: Serving;
  readonly database: Database;
}

/** The worker first, so that it is stopped last: what the API has acknowledged may still be decided. */
async function startServices(
  terminal: HostTerminal,
  { config, closing, onGiveUp, signal, env, serving, database }: StartOptions,
): Promise<void> {
  const failure = new AbortController();
  const common = {
    env,
    graceMs: config.shutdownMs + GRACE_MARGIN_MS,
    clock: terminal.clock,
    isExcused: () => database.wasAway(),
    report: (text: string) => terminal.err(`eris: ${text}\n`),
    onGiveUp: (reason: string) => {
      failure.abort(new Error(reason));
      onGiveUp(reason);
    },
  };
  const services = [
    new Service({ ...common, name: 'the worker', main: WORKER, ...(await logFileOf(serving, 'worker')) }),
    new Service({ ...common, name: 'the API', main: API, ...(await logFileOf(serving, 'api')) }),
  ];
  for (const service of services) {
    await closing.add(service.options.name, () => service.stop());
    service.start();
  }
  await untilReady(terminal, serving.url, AbortSignal.any([failure.signal, signal]));
  for (const service of services) service.markReady();
}

async function logFileOf({ logDir }: Serving, name: string): Promise<{ logFile?: string }> {
  if (logDir === undefined) return {};
  const logFile = join(logDir, `${name}.log`);
  await makeDataFile(logDir, logFile);
  return { logFile };
}

/** Waits until the API says that it and its database are ready. @throws what made it give up, or that it took too long. */
async function untilReady({ clock }: HostTerminal, url: string, failure: AbortSignal): Promise<void> {
  const endMs = clock.nowMs() + READY_MAX_MS;
  while (!(await isReady(url))) {
    failure.throwIfAborted();
    if (clock.nowMs() > endMs) throw new Error(`the API at ${url} was not ready within ${READY_MAX_MS / 1000} s`);
    await sleep(READY_EVERY_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.ok,
    () => false, // not yet: nobody listens, or it is still waking up
  );
}
