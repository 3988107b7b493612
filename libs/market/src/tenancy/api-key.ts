import { createHash } from 'node:crypto';
import { invariant } from '#units';
import type { Role } from './ports.js';

/** Gives so many unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;

const SECRET_BYTES = 32;
const PREFIX_LENGTH = 12;
/** Of a key that somebody else made up, no more than this part is stored in the clear. */
const PREFIX_SHARE = 3;

/** A key in the clear, with what is stored of it. */
export interface PlainKey {
  readonly text: string;
  readonly prefix: string;
  readonly hash: Uint8Array;
}

/** SHA-256 of a key's text: what is stored, and what a key is found by. */
export const hashKey = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Makes a key of 256 random bits: `eris_<first letter of the role>_<base64url>`. */
export function makeKey(role: Role, randomBytes: RandomBytes): PlainKey {
  const secret = randomBytes(SECRET_BYTES);
  invariant(secret.length === SECRET_BYTES, 'a key has 256 random bits');
  const text = `eris_${role[0]}_${Buffer.from(secret).toString('base64url')}`;
  return { text, prefix: text.slice(0, PREFIX_LENGTH), hash: hashKey(text) };
}

/** A key chosen by whoever configured it. */
export function givenKey(text: string): PlainKey {
  const prefix = text.slice(0, Math.min(PREFIX_LENGTH, Math.floor(text.length / PREFIX_SHARE)));
  return { text, prefix, hash: hashKey(text) };
}
