import { addressOf, sessionConfig } from '#postgres';
import { createPostgresBackend, type PostgresPoolConfig } from 'bullmq';
import { Redis } from 'ioredis';

/** Where the queue is: Redis where there is one, else the database itself (BullMQ's PostgreSQL backend). */
export interface QueueConnection {
  readonly redisUrl?: string | undefined;
  readonly databaseUrl: string;
}

/** The queue's name, on either backend. */
export const QUEUE_NAME = 'markets';
/** Postgres schema of the queue's own tables; with the name of the schema that Eris's lie in, where that is not the usual one. */
const SCHEMA = 'bullmq';
const SCHEMA_USUAL = 'public';
const CONNECT_MS_MAX = 5_000;
const CONNECTIONS_MAX = 3;
/** Reconnecting to Redis: a little longer each time, at most this, ms. */
const RECONNECT_MS_MAX = 2_000;

/** Keys in Redis begin with the database's name, and the schema's: two installations that share a Redis don't wake each other's workers. */
export function prefixOf({ databaseUrl }: QueueConnection): string {
  const { database, schema } = addressOf(databaseUrl);
  return schema === SCHEMA_USUAL ? `eris-${database}` : `eris-${database}-${schema}`;
}

/** A connection of our own, to be ended by `disconnect`. A wake-up fails at once while Redis is away, a listener waits for it to come back. */
export function redisConnection(url: string, role: 'notify' | 'listen'): Redis {
  return new Redis(url, {
    connectTimeout: CONNECT_MS_MAX,
    maxRetriesPerRequest: null,
    enableOfflineQueue: role === 'listen',
    retryStrategy: (times: number) => Math.min(times * 100, RECONNECT_MS_MAX),
  });
}

/** What BullMQ connects by: sessions like all others, in the schema of its own tables. */
export function postgresConnection(databaseUrl: string): PostgresPoolConfig {
  const { schema: home } = addressOf(databaseUrl);
  const schema = home === SCHEMA_USUAL ? SCHEMA : `${SCHEMA}_${home}`;
  const session = sessionConfig(databaseUrl, { application: 'eris-bell', schema });
  return { ...session, schema, migrate: true, max: CONNECTIONS_MAX } as PostgresPoolConfig; // it says less of passwords than pg takes
}

/** The backend that keeps the queue in Postgres. */
export const postgresBackend = createPostgresBackend;
