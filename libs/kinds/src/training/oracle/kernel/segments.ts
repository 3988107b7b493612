import { float64, int32 } from './problem.js';

/**
 * The cheapest segments of all slots' price curves that hold the wanted chunks together: a heap, the dearest on top. A slot's curve is made
 * convex first, so that its cheaper segments are always taken before its dearer ones: a fractional knapsack, which is the optimum over
 * slots but for what the last segment holds too much.
 */
export interface Segments {
  wanted: number;
  length: number;
  /** Chunks held, and their price. */
  held: number;
  cost: number;
  /** Per segment: micro-credits per chunk, chunks, slot. */
  price: Float64Array;
  chunks: Int32Array;
  slot: Int32Array;
}

/** Arrays that only grow. */
export const createSegments = (): Segments => ({
  wanted: 0,
  length: 0,
  held: 0,
  cost: 0,
  price: new Float64Array(0),
  chunks: new Int32Array(0),
  slot: new Int32Array(0),
});

/** Begins anew, for at least so many. */
export function resetSegments(segments: Segments, wanted: number): void {
  segments.wanted = wanted;
  segments.length = 0;
  segments.held = 0;
  segments.cost = 0;
  segments.price = float64(segments.price, wanted + 2);
  segments.chunks = int32(segments.chunks, wanted + 2);
  segments.slot = int32(segments.slot, wanted + 2);
}

/** Price of the wanted chunks by the kept segments; Infinity where they do not hold them. */
export const costOfSegments = ({ held, wanted, cost, price }: Segments): number =>
  held < wanted ? Infinity : cost - (held - wanted) * price[0];

/** Offers chunks of a slot at a price each. @returns whether they are kept. */
export function offerSegment(segments: Segments, price: number, chunks: number, slot: number): boolean {
  if (segments.held >= segments.wanted && price >= segments.price[0]) return false;
  let at = segments.length++;
  for (; at > 0 && segments.price[(at - 1) >> 1] < price; at = (at - 1) >> 1) move(segments, (at - 1) >> 1, at);
  set(segments, at, price, chunks, slot);
  segments.held += chunks;
  segments.cost += chunks * price;
  while (segments.held - segments.chunks[0] >= segments.wanted) dropDearest(segments);
  return true;
}

function dropDearest(segments: Segments): void {
  segments.held -= segments.chunks[0];
  segments.cost -= segments.chunks[0] * segments.price[0];
  const last = --segments.length;
  const price = segments.price[last];
  let at = 0;
  for (let child = 1; child < last; child = 2 * at + 1) {
    if (child + 1 < last && segments.price[child + 1] > segments.price[child]) child++;
    if (segments.price[child] <= price) break;
    move(segments, child, at);
    at = child;
  }
  set(segments, at, price, segments.chunks[last], segments.slot[last]);
}

function move(segments: Segments, from: number, to: number): void {
  set(segments, to, segments.price[from], segments.chunks[from], segments.slot[from]);
}

function set(segments: Segments, at: number, price: number, chunks: number, slot: number): void {
  segments.price[at] = price;
  segments.chunks[at] = chunks;
  segments.slot[at] = slot;
}
