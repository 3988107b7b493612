import { type AdminKeyOutcome, EnsureAdminKey, type KeyRecord } from '#market';
import type { Config } from '#config';
import { endSignals } from '#process';
import { standardKinds } from '#kinds';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { createApplication } from './composition/create-application.js';
import type { ApiSettings } from './composition/settings.js';
import type { RuntimeDependencies } from './composition/runtime-dependencies.js';
import { checkDatabase } from '#persistence';
import { showPages } from './service/pages.js';
import { explainStart } from './start-fault.js';

/** Why the API can't start, in words for whoever starts it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Of the API, as its document says. */
const VERSION = '0.2.0';
/** Connections that wait to be taken; those beyond it are tried again by their clients' systems, a second or three later. */
const BACKLOG = 4_096;

/**
 * Starts the API: serves until the process is told to end.
 * @param say shows a line to whoever started it; only the first operator's key is worth one.
 * @throws StartError where the database is not there, not reached or has no schema, or the port is taken.
 */
export async function startApi(
  config: Config,
  surroundings: RuntimeDependencies,
  say: (line: string) => void,
): Promise<NestFastifyApplication> {
  const settings = settingsOf(config);
  const warning = await checkDatabase(settings.databaseUrl).catch((cause: unknown) => {
    throw startErrorOf(cause, config);
  });
  if (warning !== undefined) surroundings.logger.warn(warning);
  const app = await createApplication(settings, surroundings, { kinds: standardKinds() });
  try {
    const adminKey = await app.get(EnsureAdminKey).run(config.adminKey);
    tellOfAdminKey(adminKey, surroundings.logger, say);
    showPages(app);
    app.enableShutdownHooks(endSignals(), { useProcessExit: true });
    await app.listen({ port: config.port, host: config.host, backlog: BACKLOG });
  } catch (cause) {
    await app.close();
    throw startErrorOf(cause, config);
  }
  surroundings.logger.info({ url: await app.getUrl() }, 'serving');
  return app;
}

function settingsOf(config: Config): ApiSettings {
  if (config.databaseUrl === undefined)
    throw new StartError('DATABASE_URL is not set. Set it, or use `npm start`, which brings a database of its own.');
  return {
    databaseUrl: config.databaseUrl,
    ...(config.redisUrl === undefined ? {} : { redisUrl: config.redisUrl }),
    connections: config.databaseConnections,
    thinkThreads: config.thinkThreads,
    bookCellsMax: config.bookCellsMax,
    accept: { waitMs: config.acceptWaitMs, queueMax: config.acceptQueueMax },
    ...(config.undecidedMax === undefined ? {} : { undecidedMax: config.undecidedMax }),
    ...(config.rateLimit === undefined ? {} : { rateLimit: config.rateLimit }),
    ...(config.organisationRateLimit === undefined ? {} : { organisationRateLimit: config.organisationRateLimit }),
    tenantShare: config.tenantShare,
    eventStreamsMax: config.eventStreamsMax,
    connectionsMax: config.connectionsMax,
    connectionsPerAddress: config.connectionsPerAddress,
    bodyTimeoutMs: config.bodyTimeoutMs,
    corsOrigins: config.corsOrigins,
    accessLogged: config.accessLogged,
    shutdownMs: config.shutdownMs,
    drainMs: config.drainMs,
    bodyLimitBytes: config.bodyLimitBytes,
    version: VERSION,
  };
}

function tellOfAdminKey(outcome: AdminKeyOutcome, logger: Logger, say: (line: string) => void): void {
  if (outcome.kind === 'made') say(`The first operator's key, shown this once: ${outcome.plain}`);
  if (outcome.kind === 'revoked') throw new StartError(revokedText(outcome));
  if (outcome.kind !== 'stored') return;
  const { replaced, doubtful } = outcome;
  if (replaced.length > 0)
    logger.warn({ revoked: replaced.map(nameOf) }, 'ERIS_ADMIN_KEY is a new key: the admin key before it is revoked');
  if (doubtful.length > 0)
    logger.warn(
      { keys: doubtful.map(nameOf) },
      'these keys labelled "admin" are valid still; revoke those that are not yours (DELETE /v1/keys/{id})',
    );
}

/** A key as it may be told: its id and how its text begins. */
const nameOf = ({ keyId, prefix }: KeyRecord): { id: string; prefix: string } => ({ id: keyId.toString(), prefix });

const revokedText = ({ successor }: Extract<AdminKeyOutcome, { kind: 'revoked' }>): string =>
  successor === undefined
    ? 'ERIS_ADMIN_KEY is a key that was revoked. Set another one.'
    : `ERIS_ADMIN_KEY is a key that another one has replaced, on ${successor.createdAt.toISOString()}: key ${successor.keyId}, which begins ` +
      `with ${successor.prefix}. Set that one, or a new one.`;

function startErrorOf(cause: unknown, config: Config): unknown {
  const explanation = explainStart(cause, config);
  return explanation === undefined ? cause : new StartError(explanation, { cause });
}
