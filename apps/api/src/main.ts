import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type Config, ConfigError, loadConfig, settleHost } from '#config';
import { PatientOutput } from '#process';
import { clockOf, createLogger, missingLines, outliveReaders } from '#runtime';
import { startTracing, type Tracing } from '#telemetry';
import { startApi, StartError } from './start.js';

/** Traces are made where the configuration says where they go. */
const tracingOf = async ({ tracesUrl }: Config): Promise<{ tracing?: Tracing }> =>
  tracesUrl === undefined ? {} : { tracing: await startTracing({ url: tracesUrl, service: 'eris-api' }) };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const STANDARD_OUTPUT = 1;

outliveReaders(process.stdout, process.stderr);
try {
  const config = await settleHost(loadConfig(process.env), (line) => process.stderr.write(`${line}\n`));
  const logger = createLogger(
    { level: config.logLevel, base: { part: 'api' } },
    new PatientOutput(STANDARD_OUTPUT, { missing: missingLines }),
  );
  await startApi(config, { clock: clockOf(Date.now), randomBytes, logger, ...(await tracingOf(config)) }, say);
} catch (error) {
  const known = error instanceof StartError || error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
