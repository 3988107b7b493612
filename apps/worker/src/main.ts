import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { loadConfig } from '#config';
import { createLogger, outliveReaders } from '#telemetry';
import { startWorker } from './start.js';

outliveReaders(process.stdout, process.stderr);
const logger = createLogger({ level: 'info' });
const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
startWorker(loadConfig(process.env), { owner, clock: { nowMs: Date.now }, logger }).catch((error: unknown) => {
  logger.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
