/** The same key, the same answer, one effect. */
export { hashOfRequest, runOnce } from './run-once.js';
export type { Claim, Codec, IdempotencyTx, KeyedRequest, Once, OnceRequest } from './run-once.js';
