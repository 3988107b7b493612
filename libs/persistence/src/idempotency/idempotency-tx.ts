import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, IdempotencyTx, KeyedRequest } from '#market';
import { at } from '#units';
import type { PrismaTx } from '../cold-work.js';

/** How long a request waits for another one with its key, and how often it looks, ms. Shorter than any transaction may take. */
const CLAIM_WAIT_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** Keyed requests over a transaction of Prisma's. */
export function idempotencyTx(db: PrismaTx): IdempotencyTx {
  return {
    claim: (request) => claim(db, request),
    keepResponse: async ({ organisationId, key }, response) => {
      const data = { response: response as object };
      await db.idempotencyRecord.update({ where: { organisationId_key: { organisationId, key } }, data, select: { key: true } });
    },
  };
}

async function claim(db: PrismaTx, { organisationId, key, requestHash }: KeyedRequest): Promise<Claim> {
  if (!(await lockWithin(db, `${organisationId}:${key}`, CLAIM_WAIT_MS))) return { kind: 'request_in_flight' };
  const record = await db.idempotencyRecord.findUnique({ where: { organisationId_key: { organisationId, key } } });
  if (record)
    return Buffer.compare(record.requestHash, requestHash) === 0 ? { kind: 'replayed', response: record.response } : { kind: 'key_reused' };
  await db.idempotencyRecord.createMany({ data: { organisationId, key, requestHash: Uint8Array.from(requestHash) } });
  return { kind: 'fresh' };
}

/** @returns whether the lock is ours; it is until the transaction ends. Tried again and again, as an error would end the transaction. */
async function lockWithin(db: PrismaTx, name: string, waitMs: number): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    if (await tryLock(db, name)) return true;
    if (waitedMs >= waitMs) return false;
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * try-key-lock: takes the lock of a key, unless another transaction has it. Two keys that share a hash wait for each other, no more.
 * Input:  name of the key. Output: whether it is ours.
 * Events: none.
 * Retry:  safe.
 */
async function tryLock(db: PrismaTx, name: string): Promise<boolean> {
  const rows = await db.$queryRaw<{ ours: boolean }[]>`SELECT pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) AS ours`;
  return at(rows, 0).ours;
}
