import type { UnitOfWork } from '#market';
import type { Prisma } from './prisma/generated/client.js';

/** Prisma's client inside one transaction: what the cold paths are built on. */
export type PrismaTx = Prisma.TransactionClient;

/** A unit of work whose transactions speak a room's language instead of Prisma's. */
export function coldWork<Tx>(base: UnitOfWork<PrismaTx>, txOf: (db: PrismaTx) => Tx): UnitOfWork<Tx> {
  return {
    transaction: (work) => base.transaction((db) => work(txOf(db))),
    read: (work) => base.read((db) => work(txOf(db))),
  };
}
