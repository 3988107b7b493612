import type { AnswerOf } from './types.js';

/** A link of the chain of hashes over a market's log. */
export type Receipt = NonNullable<AnswerOf<'readReceipt'>['receipt']>;

/**
 * The hash that a receipt must have by what it says: for whoever would rather not take the server's word for it.
 * @returns undefined where the surroundings have no SHA-256: a browser has it on pages by HTTPS, and of this machine, only
 */
export async function hashOfReceipt(receipt: Receipt): Promise<string | undefined> {
  const { marketId, sequence, algorithm, inputHash, priceHash, rows, previousHash } = receipt;
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>;
  if (!subtle) return undefined;
  const text = JSON.stringify([marketId, sequence, algorithm, inputHash, priceHash, rows, previousHash]);
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
