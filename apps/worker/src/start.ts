import type { Server } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, endSignals } from '#config';
import type { Clock } from '#market';
import { checkDatabase, createPool } from '#persistence';
import { startTracing } from '#telemetry';
import type { Logger } from 'pino';
import { Journal } from './journal.js';
import { serveMetrics } from './metrics-server.js';
import { nestLogger } from './nest-logger.js';
import type { WorkerSettings } from './settings.js';
import { databaseStartError, StartError } from './start-error.js';
import { WorkerModule } from './worker.module.js';

/** What only the process itself knows. */
export interface WorkerSurroundings {
  /** A name that no other process has. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Starts a worker that ends, drained, on SIGTERM or SIGINT.
 * @throws StartError saying what to do where the database cannot be worked with, or the port for metrics is taken.
 */
export async function startWorker(config: Config, { owner, clock, logger }: WorkerSurroundings): Promise<INestApplicationContext> {
  logger.level = config.logLevel;
  const settings = settingsOf(config, owner);
  const journal = new Journal(logger);
  const onLost = (cause: Error): void => journal.trouble('database', cause);
  const tracing = config.tracesUrl === undefined ? undefined : await startTracing({ url: config.tracesUrl, service: 'eris-worker' });
  const warning = await checkDatabase(settings.databaseUrl).catch((cause: unknown) => {
    throw databaseStartError(cause);
  });
  if (warning !== undefined) logger.warn(warning);
  const metrics = await metricsOf(config, journal);
  const pool = createPool(settings.databaseUrl, { max: config.databaseConnections, onLost });
  const module = WorkerModule.within({ settings, pool, clock, journal, metrics, tracing });
  const app = await NestFactory.createApplicationContext(module, { logger: nestLogger(logger), abortOnError: false });
  app.enableShutdownHooks(endSignals(), { useProcessExit: true }); // exit code 0 after the drain, not death by the signal
  logger.info({ owner, queue: settings.redisUrl === undefined ? 'postgres' : 'redis' }, 'worker ready');
  return app;
}

/** Listens before anything else begins: a port that is taken ends the start. */
async function metricsOf({ host, workerMetricsPort: port }: Config, journal: Journal): Promise<Server | undefined> {
  if (port === 0) return undefined;
  try {
    return await serveMetrics(journal.registry, { host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const fault = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
    throw new StartError(`ERIS_WORKER_METRICS_PORT: port ${port} of ${host} ${fault}. Set it to another one, or to 0 for none.`, { cause });
  }
}

function settingsOf(config: Config, owner: string): WorkerSettings {
  if (config.databaseUrl === undefined)
    throw new StartError('DATABASE_URL is not set: the worker needs a database (npm start brings its own)');
  return {
    owner,
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    leaseMs: config.leaseMs,
    batchMax: config.batchMax,
    concurrency: config.workerConcurrency,
    thinkThreads: config.thinkThreads,
    bookCellsMax: config.bookCellsMax,
  };
}
