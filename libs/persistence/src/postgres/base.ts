import { PrismaPg } from '@prisma/adapter-pg';
import type { UnitOfWork } from '#market';
import type { PrismaTx } from '../cold-work.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { retryConflicts } from './retry.js';

const CONNECT_MS_MAX = 5_000;
const CONNECTIONS_MAX = 5;
/** Waiting for a connection, ms. */
const START_MS_MAX = 5_000;
/** A transaction that takes longer is rolled back, ms. Cold paths take milliseconds; this ends what hangs. */
const TRANSACTION_MS_MAX = 15_000;

/** The cold paths' unit of work, and the end of its connections. */
export interface Base extends UnitOfWork<PrismaTx> {
  close(): Promise<void>;
}

/**
 * The only holder of Prisma's client: what it hands out is a transaction, or reads. Connects at the first statement.
 * A transaction that loses against another one is run again, so its work must not do anything outside of it.
 */
export function createBase(url: string): Base {
  const adapter = new PrismaPg({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    application_name: 'eris-cold',
  });
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  const limits = { maxWait: START_MS_MAX, timeout: TRANSACTION_MS_MAX };
  return {
    transaction: (work) => retryConflicts(() => prisma.$transaction(work, limits)),
    read: (work) => work(prisma),
    close: () => prisma.$disconnect(),
  };
}
