import { clearingLevel, type Period } from './clearing.js';
import { capped, demandOf, diluted, heldTo, type Report } from './report.js';
import { SHARE_CAP_NONE } from './rule.js';
import { SHARE_UNITS } from './density.js';

/** Organisations that are doubted, at most: those that lift the level most; and no more than one of each ten that bid. */
const DOUBTED_MAX = 3;
const ORGANISATIONS_PER_DOUBTED = 10;
/** Organisations that are tried, each time one is looked for: those that report most demand at the level or above. */
const SUSPECTS = 4;

/**
 * What is left out with a doubted organisation is given back as supply that is taken: of each, twice what an organisation takes on average, since those
 * that lift the level most are none of the small ones. So the level of an honest market stays what it was.
 */
const GIVEN_BACK = 2;

/** How far above the level of all others the densities of doubted organisations count: so far they can lift it, and no further. */
const TRUSTED = 1.5;

/**
 * How much of all demand one organisation's reports count for at most, 1 for all of it, once the market is old enough; the rest of its demand is taken to be like the
 * others'. So who asks for much of the market hardly moves the level that it is asked later, alone or by a few names.
 */
const INFLUENCE_MAX = 0.05;

/** A level, and whose word was not taken for it. */
export interface GuardedLevel {
  /** Micro-credits, not rounded. */
  readonly level: number;
  /** Organisations whose densities were held down, in the order in which they were found. */
  readonly doubted: readonly bigint[];
}

/** The slots that are looked back at, and what the operator lets an organisation count for: percent of what the market has in them. */
export interface GuardedPeriod extends Omit<Period, 'share'> {
  readonly shareCap: number;
}

/**
 * The clearing level, where those who lift it most are believed only so far. A bid that is refused costs nothing, so its word must not move prices by itself; and
 * one that is accepted at a level that fakes have made proves nothing either. Nobody's reports count for more than a twentieth of all demand. First the level without the organisations that lift it most; then the one with
 * them, their densities held to little more than that. So whoever reports fakes moves the level by half at most, and an organisation that honestly wants most of
 * the market is not left out.
 * @param reports by density.
 */
export function guardedLevel(all: readonly Report[], { shareCap, ...whole }: GuardedPeriod): GuardedLevel {
  const told = shareCap < SHARE_CAP_NONE ? capped(all, (whole.slots * SHARE_UNITS * shareCap) / 100) : all;
  const { reports, kept } = diluted(told, whole.isYoung ? 1 : INFLUENCE_MAX);
  const organisations = new Set(reports.map(({ organisationId }) => organisationId)).size;
  const most = Math.min(DOUBTED_MAX, Math.floor(organisations / ORGANISATIONS_PER_DOUBTED));
  const period = { ...whole, share: kept * (1 - (GIVEN_BACK * most) / Math.max(1, organisations)) };
  const doubted: bigint[] = [];
  let counted = reports;
  let level = clearingLevel(counted, period);
  while (doubted.length < most) {
    const found = mostLifting(counted, period, level);
    if (!found) break;
    ({ counted, level } = found);
    doubted.push(found.organisationId);
  }
  if (doubted.length > 0) level = clearingLevel(heldTo(reports, new Set(doubted), level * TRUSTED), period);
  return { level, doubted };
}

/**
 * The organisation without which the level is lowest; undefined where none reports as much as the level. Several that are in it together hide
 * each other: without one of them the level may stay, and it is left out all the same, so that the next one is found.
 */
function mostLifting(
  reports: readonly Report[],
  period: Period,
  level: number,
): { organisationId: bigint; counted: readonly Report[]; level: number } | undefined {
  let found: ReturnType<typeof mostLifting>;
  for (const organisationId of suspectsAmong(reports, level)) {
    const counted = reports.filter((report) => report.organisationId !== organisationId);
    const without = clearingLevel(counted, period);
    if (without < (found?.level ?? Infinity)) found = { organisationId, counted, level: without };
  }
  return found;
}

/** Those that report most above the level; by their ids where they report the same. */
function suspectsAmong(reports: readonly Report[], level: number): bigint[] {
  const above = new Map<bigint, number>();
  for (const report of reports) {
    if (report.levelMicros < level) break;
    above.set(report.organisationId, (above.get(report.organisationId) ?? 0) + demandOf(report));
  }
  const inOrder = [...above].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return inOrder.slice(0, SUSPECTS).map(([organisationId]) => organisationId);
}
