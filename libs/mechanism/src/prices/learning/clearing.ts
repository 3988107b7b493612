import { invariant } from '#units';
import { SHARE_UNITS } from './density.js';
import type { Report } from './report.js';

/** The slots that reports are looked at over: `slots` of them, the last of which is `last`. */
export interface Period {
  readonly last: number;
  readonly slots: number;
  /** Whether the market has been on sale for no longer: then there were too few bids to tell demand from chance. */
  readonly isYoung: boolean;
  /** How much of the supply is there for what is reported, 1 for all of it. */
  readonly share: number;
}

/** What plans leave unused between them: jobs are lumps, and a market that is full to so much refuses most. */
const PACKED_PERCENT = 75;
/**
 * Slots that are taken to have been sold out before a young market's first one. What is sold too cheaply in the first slots is gone for the rest of a job's
 * length, and a level too high costs no more than the bids of a slot or two: so until there is a history the level errs upwards.
 */
const FULL_SLOTS_BEFORE = 2;
/** Windows of more slots than this are none but the whole period. */
const WINDOW_MAX = 64;

/** Windows of 1, 2, 4, … slots, and the whole period. */
export function windowsOf(slots: number): number[] {
  const windows: number[] = [];
  for (let size = 1; size < slots && size <= WINDOW_MAX; size *= 2) windows.push(size);
  return [...windows, slots];
}

/**
 * The level that clears the demand of a period: cut into windows of W slots, counted back from its end, each window is cleared at the density of the first
 * bid that the window's capacity has no room for, densest bids first (0 where all have room). The level is the mean over the windows, and over
 * W = 1, 2, 4, … and the whole period: short windows see rushes that jobs cannot wait out, long ones what they can.
 * @param reports by density (byDensity), all of the period. @returns micro-credits, not rounded.
 */
export function clearingLevel(reports: readonly Report[], period: Period): number {
  if (reports.length === 0) return 0;
  invariant(period.slots > 0, 'a period has slots');
  const windows = windowsOf(period.slots);
  let sum = 0;
  for (const size of windows) sum += meanOverWindows(reports, period, size);
  return sum / windows.length;
}

/** The mean of what clears windows of that size. */
function meanOverWindows(reports: readonly Report[], period: Period, size: number): number {
  const { last, slots } = period;
  const kinds = reports[0].shares.length;
  const count = Math.ceil(slots / size);
  const taken = new Float64Array(count * kinds);
  const isCleared = new Uint8Array(count);
  const packed = packedOf(period);
  let sum = 0;
  let open = count;
  for (const { slot, levelMicros, shares, weight } of reports) {
    const window = Math.floor((last - slot) / size);
    if (isCleared[window] === 1) continue;
    const supply = Math.min(size, slots - window * size) * packed;
    if (!exceeds(taken, window * kinds, { shares, weight, supply })) continue;
    isCleared[window] = 1;
    sum += levelMicros;
    if (--open === 0) break;
  }
  return sum / count;
}

/** What a slot has room for. */
function packedOf({ slots, isYoung, share }: Period): number {
  const known = isYoung ? slots / (slots + FULL_SLOTS_BEFORE) : 1;
  return (SHARE_UNITS * PACKED_PERCENT * share * known) / 100;
}

/** Adds up what a bid takes, from a place on; whether there is too much of something then. */
function exceeds(
  taken: Float64Array,
  at: number,
  { shares, weight, supply }: { readonly shares: readonly number[]; readonly weight: number; readonly supply: number },
): boolean {
  let isOver = false;
  for (let kind = 0; kind < shares.length; kind++) if ((taken[at + kind] += weight * shares[kind]) > supply) isOver = true;
  return isOver;
}
