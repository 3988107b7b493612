import { PrismaPg } from '@prisma/adapter-pg';
import type { UnitOfWork } from '#market';
import { addressOf, sessionConfig } from '#postgres';
import type { PrismaTx } from '../cold-work.js';
import { PrismaClient } from '../prisma/generated/client.js';
import { retryConflicts } from './retry.js';

/** Connections of the cold paths, and so their transactions at the same time. */
export const COLD_CONNECTIONS = 5;
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
  const config = { ...sessionConfig(url, { application: 'eris-cold' }), max: COLD_CONNECTIONS };
  const adapter = new PrismaPg(config, { schema: addressOf(url).schema });
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  const limits = { maxWait: START_MS_MAX, timeout: TRANSACTION_MS_MAX };
  return {
    transaction: (work) => retryConflicts(() => prisma.$transaction(work, limits)),
    read: (work) => work(prisma),
    close: () => prisma.$disconnect(),
  };
}
