import { int32, type Problem } from './problem.js';

/**
 * The most chunks that can be trained in some slots without any traffic, that is at home beside the slot's server: three counts, none of
 * them too low, as slots are added one by one.
 */
export interface FreeChunks {
  /** The most that any home can keep in a slot, added up over slots. */
  bySlots: number;
  /** What each home could keep if it had the server in every slot, added up over homes. */
  byHomes: number;
  /** Slots in which some home can keep chunks: each serves one home. */
  slots: number;
  /** Per home: chunks not counted in `byHomes` yet, and the most that it can keep in one slot. */
  left: Int32Array;
  most: Int32Array;
  /** Homes cut into what one slot can keep of them: pieces of n chunks, by n. */
  pieces: Int32Array;
  largest: number;
}

/** Arrays that only grow. */
export const createFreeChunks = (): FreeChunks => ({
  bySlots: 0,
  byHomes: 0,
  slots: 0,
  left: new Int32Array(0),
  most: new Int32Array(0),
  pieces: new Int32Array(0),
  largest: 0,
});

/** Begins anew with no slots. */
export function resetFreeChunks(free: FreeChunks, { siteCount, total, homes }: Problem): void {
  free.left = int32(free.left, siteCount);
  free.most = int32(free.most, siteCount);
  free.pieces = int32(free.pieces, total + 1);
  free.pieces.fill(0, 0, total + 1);
  free.most.fill(0, 0, siteCount);
  for (let site = 0; site < siteCount; site++) free.left[site] = homes[site];
  free.bySlots = 0;
  free.byHomes = 0;
  free.slots = 0;
  free.largest = 0;
}

/** Adds slot t. @returns the most chunks in the slots so far. */
export function addFreeSlot({ siteCount, homes, roomBesidePs }: Problem, free: FreeChunks, t: number): number {
  let best = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    const kept = Math.min(roomBesidePs[at], homes[site]);
    if (kept <= 0) continue;
    if (kept > best) best = kept;
    const counted = Math.min(kept, free.left[site]);
    free.left[site] -= counted;
    free.byHomes += counted;
    if (kept > free.most[site]) cutHome(free, homes[site], site, kept);
  }
  free.bySlots += best;
  if (best > 0) free.slots++;
  return Math.min(free.bySlots, free.byHomes, byPieces(free));
}

/** Cuts a home into larger pieces, now that a slot can keep `kept` of its chunks. */
function cutHome(free: FreeChunks, chunks: number, site: number, kept: number): void {
  const { most, pieces } = free;
  if (most[site] > 0) addPieces(pieces, chunks, most[site], -1);
  addPieces(pieces, chunks, kept, 1);
  most[site] = kept;
  if (kept > free.largest) free.largest = kept;
}

function addPieces(pieces: Int32Array, chunks: number, size: number, times: number): void {
  pieces[size] += times * Math.floor(chunks / size);
  if (chunks % size > 0) pieces[chunks % size] += times;
}

/** Chunks of the largest pieces, one a slot. */
function byPieces({ slots, pieces, largest }: FreeChunks): number {
  let chunks = 0;
  for (let size = largest, left = slots; size > 0 && left > 0; size--) {
    const taken = Math.min(left, pieces[size]);
    chunks += taken * size;
    left -= taken;
  }
  return chunks;
}
