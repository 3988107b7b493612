import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ConfigError, loadConfig, settleHost } from '#config';
import { PatientOutput } from '#process';
import { clockOf, createLogger, missingLines, outliveReaders } from '#runtime';
import { startWorker } from './start.js';
import { StartError } from './start-error.js';

const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
const STANDARD_OUTPUT = 1;

outliveReaders(process.stdout, process.stderr);
try {
  const config = await settleHost(loadConfig(process.env), (line) => process.stderr.write(`${line}\n`));
  await startWorker(config, owner, {
    clock: clockOf(Date.now),
    logger: createLogger({ level: 'info' }, new PatientOutput(STANDARD_OUTPUT, { missing: missingLines })),
  });
} catch (error) {
  const known = error instanceof StartError || error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
