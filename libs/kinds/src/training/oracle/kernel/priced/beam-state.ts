import { float64, int32, type Problem } from '../problem.js';

/** Labels that are kept per count of chunks, and patterns that are tried per lane and count. */
export const KEPT = 6;
/** Patterns that are tried per lane and count. */
export const PATTERNS = 6;
/** Places per count in lists of labels and of patterns. */
export const STRIDE = 8;
/** Bins of the histogram that cuts are chosen by. */
export const BINS = 128;
/** Labels of one pass together. */
export const LABELS_MAX = 1 << 16;
const LABELS_FIRST = 1 << 13;

/**
 * Plans put together from patterns, lane after lane, with homes counted exactly: a label is a plan's beginning. The prices of homes say what
 * is promising.
 */
export interface Beam {
  /** Labels by number: price, price with homes priced, the label before, pattern, lane's slot, whether surplus chunks were dropped. */
  length: number;
  cost: Float64Array;
  key: Float64Array;
  before: Int32Array;
  pattern: Int32Array;
  slot: Int32Array;
  dropped: Uint8Array;
  /** Per label and site: chunks trained at home. */
  atHome: Int16Array;
  /** Per count of chunks: labels by rising key. */
  count: Int32Array;
  list: Int32Array;
  /** Per count of chunks: the lane's best patterns, and their prices with homes priced. */
  topCount: Int32Array;
  top: Int32Array;
  topReduced: Float64Array;
  /** The labels that are extended, with their chunks. */
  chosen: Int32Array;
  chosenChunks: Int32Array;
  chosenLength: number;
  readonly bins: Int32Array;
  sum: Int16Array;
  /** Scratch: price of a label to come, and with homes priced. Handed over here, for numbers that are handed over as such are allocated. */
  readonly offered: Float64Array;
  /** Of the pass under way: homes' worth; what a plan must cost less than; the best full label so far. */
  worth: number;
  bar: number;
  best: number;
  steps: number;
}

/** Arrays that only grow. */
export const createBeam = (): Beam => ({
  length: 0,
  cost: new Float64Array(0),
  key: new Float64Array(0),
  before: new Int32Array(0),
  pattern: new Int32Array(0),
  slot: new Int32Array(0),
  dropped: new Uint8Array(0),
  atHome: new Int16Array(0),
  count: new Int32Array(0),
  list: new Int32Array(0),
  topCount: new Int32Array(0),
  top: new Int32Array(0),
  topReduced: new Float64Array(0),
  chosen: new Int32Array(0),
  chosenChunks: new Int32Array(0),
  chosenLength: 0,
  bins: new Int32Array(BINS),
  sum: new Int16Array(0),
  offered: new Float64Array(2),
  worth: 0,
  bar: Infinity,
  best: -1,
  steps: 0,
});

/** Room for a job; no label is kept. */
export function resetBeam(beam: Beam, { siteCount, total }: Problem): void {
  const width = total + 1;
  for (const name of ['count', 'topCount'] as const) beam[name] = int32(beam[name], width);
  for (const name of ['list', 'top', 'chosen', 'chosenChunks'] as const) beam[name] = int32(beam[name], width * STRIDE);
  beam.topReduced = float64(beam.topReduced, width * STRIDE);
  if (beam.sum.length < siteCount) beam.sum = new Int16Array(siteCount * 2);
  reserveLabels(beam, LABELS_FIRST, siteCount);
  beam.steps = 0;
}

function grown<Values extends Int32Array | Float64Array | Int16Array | Uint8Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}

/** Makes room for `count` labels, keeping those there are. */
export function reserveLabels(beam: Beam, count: number, siteCount: number): void {
  if (beam.cost.length < count) {
    for (const name of ['cost', 'key'] as const) beam[name] = grown(beam[name], new Float64Array(count));
    for (const name of ['before', 'pattern', 'slot'] as const) beam[name] = grown(beam[name], new Int32Array(count));
    beam.dropped = grown(beam.dropped, new Uint8Array(count));
  }
  if (beam.atHome.length < beam.cost.length * siteCount) beam.atHome = grown(beam.atHome, new Int16Array(beam.cost.length * siteCount));
}
