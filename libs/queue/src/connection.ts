import { createPostgresBackend, type PostgresPoolConfig } from 'bullmq';
import { Redis } from 'ioredis';
import { Client, type ClientConfig } from 'pg';

/** Where the bell hangs: Redis where there is one, else the database itself (BullMQ's PostgreSQL backend). */
export interface BellSite {
  readonly redisUrl?: string;
  readonly databaseUrl: string;
}

export const QUEUE_NAME = 'markets';
/** Postgres schema of the queue's own tables. */
const SCHEMA = 'bullmq';
const CONNECT_MS_MAX = 5_000;
/** Reconnecting to Redis: a little longer each time, at most this, ms. */
const RECONNECT_MS_MAX = 2_000;

/** Keys in Redis begin with the database's name: two installations that share a Redis don't ring each other's bells. */
export function prefixOf({ databaseUrl }: BellSite): string {
  return `eris-${decodeURIComponent(new URL(databaseUrl).pathname.slice(1)) || 'default'}`;
}

/** A connection of our own, to be ended by `disconnect`. A ring fails at once while Redis is away, a listener waits for it to come back. */
export function redisConnection(url: string, role: 'ring' | 'listen'): Redis {
  return new Redis(url, {
    connectTimeout: CONNECT_MS_MAX,
    maxRetriesPerRequest: null,
    enableOfflineQueue: role === 'listen',
    retryStrategy: (times: number) => Math.min(times * 100, RECONNECT_MS_MAX),
  });
}

export function postgresConnection(connectionString: string): PostgresPoolConfig {
  return { connectionString, schema: SCHEMA, migrate: true, max: 3, connectionTimeoutMillis: CONNECT_MS_MAX, Client: HeardClient };
}

/**
 * BullMQ looks after its schema on a connection whose errors nobody hears; one that was cut meanwhile ended the process. The query that was
 * under way, or the next one, fails and is reported.
 */
class HeardClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

export const postgresBackend = createPostgresBackend;
