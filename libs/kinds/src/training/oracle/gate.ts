import { float64, int32 } from './kernel/problem.js';

/** What is known of the slot opened last before homes are priced. */
export const createGate = () => ({
  /** Slots by which what follows holds. */
  length: 0,
  /** No plan by the slot looked at last costs less; what the spread's plan costs there, where it will do. */
  floor: 0,
  cost: Infinity,
  isDear: false,
  /** Slots by which `best` was searched for; 0: none yet. */
  solved: 0,
  /** Slots of the last search by prices of homes that has not been asked yet what it proves; 0: none. */
  unproven: 0,
  /** Whether that search knew any plan, whichever slot it ends in. */
  isPossible: false,
  /** Per slot: what a chunk costs there at best; the sharp floor by then; what plans that end there cost at least, as far as searches have proven. */
  rate: new Float64Array(0) as Float64Array,
  sharp: new Float64Array(0) as Float64Array,
  floors: new Float64Array(0) as Float64Array,
  /** Slots whose rank is known; chunks that find room in these; ranks given; what the spreads told at the last one. */
  ranked: 0,
  room: 0,
  searched: 0,
  all: Infinity,
  none: Infinity,
  rank: new Int32Array(0) as Int32Array,
});

/** The same as a type. */
export type Gate = ReturnType<typeof createGate>;

/** Begins anew. */
export function resetGate(gate: Gate, slotsMax: number): void {
  gate.length = 0;
  gate.solved = 0;
  gate.unproven = 0;
  gate.rate = float64(gate.rate, slotsMax);
  gate.sharp = float64(gate.sharp, slotsMax);
  gate.floors = float64(gate.floors, slotsMax).fill(0);
  gate.rank = int32(gate.rank, slotsMax);
  gate.ranked = 0;
  gate.room = 0;
  gate.searched = 0;
  gate.all = Infinity;
  gate.none = Infinity;
}
