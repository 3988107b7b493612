/** Keyed requests, over Prisma. */
export { idempotencyTx } from './idempotency-tx.js';
