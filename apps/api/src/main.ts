import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { ConfigError, loadConfig } from '#config';
import { startApi, StartError } from './start.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const config = loadConfig(process.env);
  const logger = pino({ level: config.logLevel, base: { part: 'api' } });
  await startApi(config, { clock: { nowMs: () => Date.now() }, randomBytes, logger }, say);
} catch (error) {
  const known = error instanceof StartError || error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
