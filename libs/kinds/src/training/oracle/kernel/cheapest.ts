import { float64, int32 } from './problem.js';

/**
 * The cheapest places for `wanted` chunks among all that were offered: a fractional knapsack. What dearer places hold beyond that is
 * forgotten, so that an offer costs no more than its place in a short list.
 */
export interface Cheapest {
  wanted: number;
  /** Places kept at most: beyond, the two dearest are taken for one at the cheaper one's price, so that what is told is a floor still. */
  lengthMax: number;
  length: number;
  /** Per place, by rising price: micro-credits per chunk, and chunks that fit. */
  price: Float64Array;
  room: Int32Array;
  /** Chunks that the kept places hold. */
  held: number;
}

/** Arrays that only grow. */
export const createCheapest = (): Cheapest => ({
  wanted: 0,
  lengthMax: 0,
  length: 0,
  price: new Float64Array(0),
  room: new Int32Array(0),
  held: 0,
});

/** Forgets every place; `wanted` chunks are looked for, in `lengthMax` places at most. */
export function resetCheapest(cheapest: Cheapest, wanted: number, lengthMax: number): void {
  cheapest.wanted = wanted;
  cheapest.lengthMax = lengthMax;
  cheapest.length = 0;
  cheapest.held = 0;
  cheapest.price = float64(cheapest.price, wanted + 1);
  cheapest.room = int32(cheapest.room, wanted + 1);
}

/** Offers a place with room for some chunks (at least one) at a price each. */
export function offer(cheapest: Cheapest, price: number, room: number): void {
  const { wanted, price: prices, room: rooms } = cheapest;
  if (cheapest.held >= wanted && price >= prices[cheapest.length - 1]) return;
  let at = cheapest.length++;
  for (; at > 0 && prices[at - 1] > price; at--) {
    prices[at] = prices[at - 1];
    rooms[at] = rooms[at - 1];
  }
  prices[at] = price;
  rooms[at] = room;
  cheapest.held += room;
  if (cheapest.length > cheapest.lengthMax) rooms[cheapest.length - 2] += rooms[--cheapest.length];
  while (cheapest.held - rooms[cheapest.length - 1] >= wanted) cheapest.held -= rooms[--cheapest.length];
}

/** `base` and the least price of `count` chunks, at most as many as wanted; Infinity where the places do not hold them. */
export function costOfCheapest({ length, price, room, held }: Cheapest, count: number, base: number): number {
  if (held < count) return Infinity;
  let cost = base;
  for (let i = 0, left = count; i < length && left > 0; i++) {
    cost += Math.min(left, room[i]) * price[i];
    left -= room[i];
  }
  return cost;
}
