import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '#config';
import { type KnownKinds, standardKinds } from '#kinds';
import { checkDatabase } from '#persistence';
import { endSignals } from '#process';
import { startTracing } from '#telemetry';
import type { WorkerSurroundings } from './compose-worker.js';
import { openWorker } from './open-worker.js';
import type { WorkerSettings } from './settings.js';
import { databaseStartError, StartError } from './start-error.js';

/**
 * Starts a worker that ends, drained, on SIGTERM or SIGINT.
 * @param owner a name that no other process has.
 * @throws StartError saying what to do where the database cannot be worked with, or the port for metrics is taken.
 */
export async function startWorker(
  config: Config,
  owner: string,
  surroundings: Omit<WorkerSurroundings, keyof KnownKinds>,
): Promise<INestApplicationContext> {
  const { logger } = surroundings;
  logger.level = config.logLevel;
  const settings = settingsOf(config, owner);
  const tracing = config.tracesUrl === undefined ? undefined : await startTracing({ url: config.tracesUrl, service: 'eris-worker' });
  const warning = await checkDatabase(settings.databaseUrl).catch((cause: unknown) => {
    throw databaseStartError(cause);
  });
  if (warning !== undefined) logger.warn(warning);
  const app = await openWorker(settings, { ...surroundings, tracing, kinds: standardKinds() });
  app.enableShutdownHooks(endSignals(), { useProcessExit: true }); // exit code 0 after the drain, not death by the signal
  logger.info({ owner, queue: settings.redisUrl === undefined ? 'postgres' : 'redis' }, 'worker ready');
  return app;
}

function settingsOf(config: Config, owner: string): WorkerSettings {
  if (config.databaseUrl === undefined)
    throw new StartError('DATABASE_URL is not set: the worker needs a database (npm start brings its own)');
  const { host, workerMetricsPort: port } = config;
  return {
    owner,
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    connections: config.databaseConnections,
    metrics: port === 0 ? undefined : { host, port },
    leaseMs: config.leaseMs,
    batchMax: config.batchMax,
    concurrency: config.workerConcurrency,
    thinkThreads: config.thinkThreads,
    bookCellsMax: config.bookCellsMax,
  };
}
