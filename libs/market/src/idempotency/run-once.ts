import { createHash } from 'node:crypto';

/** A request that says which one it is, so that repeating it has no second effect. */
export interface KeyedRequest {
  /** Whose key it is. */
  readonly organisationId: bigint;
  readonly key: string;
  /** SHA-256 of what was asked: the same key with another hash is another request. */
  readonly requestHash: Uint8Array;
}

/** What is known of a key. `fresh` claims it until the transaction ends. */
export type Claim =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'replayed'; readonly response: unknown }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'request_in_flight' };

/** Answers that were given under a key, in the transaction of what they answer. */
export interface IdempotencyTx {
  /** Claims a key; where another transaction has claimed it, first waits some seconds for that one to end. */
  claim(request: KeyedRequest): Promise<Claim>;
  /** Keeps the answer to a claimed request: a JSON value. */
  keepResponse(request: KeyedRequest, response: unknown): Promise<void>;
}

/** How an answer is kept as JSON. */
export interface Codec<T> {
  readonly toJson: (value: T) => unknown;
  readonly fromJson: (json: unknown) => T;
}

/** What came of doing something once: its answer, now or of before, or a key that was used for something else. */
export type Once<T> =
  | { readonly kind: 'done'; readonly value: T; readonly replayed: boolean }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'request_in_flight' };

/** What is to be done once, and under which key. */
export interface OnceRequest<T> {
  readonly request: KeyedRequest;
  readonly codec: Codec<T>;
  /** The effect; it runs in the transaction of `tx`, at most once per key. */
  readonly effect: () => Promise<T>;
}

/** Runs an effect once per key: the same request later gets the same answer, another request with that key is refused. */
export async function runOnce<T>(tx: IdempotencyTx, { request, codec, effect }: OnceRequest<T>): Promise<Once<T>> {
  const claim = await tx.claim(request);
  if (claim.kind === 'replayed') return { kind: 'done', value: codec.fromJson(claim.response), replayed: true };
  if (claim.kind !== 'fresh') return claim;
  const value = await effect();
  await tx.keepResponse(request, codec.toJson(value));
  return { kind: 'done', value, replayed: false };
}

/** Tells apart requests with the same body to different places. */
export function hashOfRequest(place: string, bodyHash: Uint8Array): Uint8Array {
  return createHash('sha256').update(place).update('\0').update(bodyHash).digest();
}
