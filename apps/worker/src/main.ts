import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { pino } from 'pino';
import { loadConfig } from '#config';
import { startWorker } from './start.js';

const logger = pino({ level: 'info' });
const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
startWorker(loadConfig(process.env), { owner, clock: { nowMs: Date.now }, logger }).catch((error: unknown) => {
  logger.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
