import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, endSignals } from '#config';
import type { Clock } from '#market';
import { createPool } from '#persistence';
import { startTracing } from '#telemetry';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Journal } from './journal.js';
import { nestLogger } from './nest-logger.js';
import type { WorkerSettings } from './settings.js';
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
 * @throws Error saying what to do where there is no database or no schema in it.
 */
export async function startWorker(config: Config, { owner, clock, logger }: WorkerSurroundings): Promise<INestApplicationContext> {
  logger.level = config.logLevel;
  const settings = settingsOf(config, owner);
  const journal = new Journal(logger);
  const onLost = (cause: Error): void => journal.trouble('database', cause);
  const tracing = config.tracesUrl === undefined ? undefined : await startTracing({ url: config.tracesUrl, service: 'eris-worker' });
  const pool = createPool(settings.databaseUrl, { max: config.databaseConnections, onLost });
  await checkDatabase(pool);
  const module = WorkerModule.within({ settings, pool, clock, journal, tracing });
  const app = await NestFactory.createApplicationContext(module, { logger: nestLogger(logger), abortOnError: false });
  app.enableShutdownHooks(endSignals(), { useProcessExit: true }); // exit code 0 after the drain, not death by the signal
  logger.info({ owner, queue: settings.redisUrl === undefined ? 'postgres' : 'redis' }, 'worker ready');
  return app;
}

function settingsOf(config: Config, owner: string): WorkerSettings {
  if (config.databaseUrl === undefined) throw new Error('DATABASE_URL is not set: the worker needs a database (npm start brings its own)');
  return {
    owner,
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    leaseMs: config.leaseMs,
    batchMax: config.batchMax,
    concurrency: config.workerConcurrency,
    thinkThreads: config.thinkThreads,
    bookCellsMax: config.bookCellsMax,
    metricsPort: config.workerMetricsPort || undefined,
  };
}

async function checkDatabase(pool: Pool): Promise<void> {
  try {
    const { rows } = await pool.query<{ found: boolean }>(`SELECT to_regclass('undecided_bid') IS NOT NULL AS found`);
    if (rows[0].found) return;
  } catch (cause) {
    await pool.end();
    throw new Error(`the database does not answer (${String(cause)}): is it running, and is DATABASE_URL right?`, { cause });
  }
  await pool.end();
  throw new Error('the database has no schema yet: apply the migrations first (npm run migrate)');
}
