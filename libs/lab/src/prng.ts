import { at, invariant } from '#units';

/** A seeded source of chance: whole numbers only, the same everywhere. */
export interface Prng {
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  /** A whole number from low to high, both included. */
  between(low: number, high: number): number;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
}

const UINT32 = 2 ** 32;

/** sfc32 (Doty-Humphrey, PractRand): 128 bits of state, passes the known batteries; the first 16 outputs only stir the seed in. */
function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [Math.floor(seed / UINT32) | 0, seed | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let turn = 0; turn < 16; turn++) next();
  return next;
}

/** @param seed a whole number from 0 to 2^53 - 1. */
export function createPrng(seed: number): Prng {
  invariant(Number.isSafeInteger(seed) && seed >= 0, 'a seed is a whole number from 0 to 2^53 - 1');
  const next = sfc32(seed);
  const below = (n: number): number => {
    invariant(Number.isInteger(n) && n > 0 && n <= UINT32, 'the range is from 1 to 2^32');
    const fair = UINT32 - (UINT32 % n); // numbers from here on would favour small results
    for (;;) {
      const drawn = next();
      if (drawn < fair) return drawn % n;
    }
  };
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    pick: (items) => at(items, below(items.length)),
  };
}
