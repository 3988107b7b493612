import { clearingLevel, largestOf, type Period } from './clearing.js';
import { provenOnly, type Report } from './report.js';

/** Of the organisations that lift the level most, so many count with what they have proven only; and no more than one of each ten that bid. */
const DOUBTED_MAX = 3;
const ORGANISATIONS_PER_DOUBTED = 10;
/** Organisations that are tried, each time one is looked for: those that report most demand at the level or above. */
const SUSPECTS = 4;

/**
 * What is left out with a doubted organisation is given back as supply that is taken: of each, twice what an organisation takes on average, since those
 * that lift the level most are none of the small ones. So the level of an honest market stays what it was.
 */
const GIVEN_BACK = 2;

/** A level, and whose word was not taken for it. */
export interface GuardedLevel {
  /** Micro-credits, not rounded. */
  readonly level: number;
  /** Organisations of which only what they paid counts, in the order in which they were found. */
  readonly doubted: readonly bigint[];
}

/**
 * The clearing level, with the organisations that lift it most held to what they pay: a bid that is refused costs nothing, so its word moves no price by
 * itself. In an honest market few refused bids report a density above the level, so that little is lost; who reports fakes is left out.
 * @param reports by density.
 */
export function guardedLevel(reports: readonly Report[], whole: Omit<Period, 'share'>): GuardedLevel {
  const organisations = new Set(reports.map(({ organisationId }) => organisationId)).size;
  const most = Math.min(DOUBTED_MAX, Math.floor(organisations / ORGANISATIONS_PER_DOUBTED));
  const period = { ...whole, share: 1 - (GIVEN_BACK * most) / Math.max(1, organisations) };
  const doubted: bigint[] = [];
  let counted = reports;
  let level = clearingLevel(counted, period);
  while (doubted.length < most) {
    const found = mostLifting(counted, { period, level, doubted });
    if (!found) break;
    ({ counted, level } = found);
    doubted.push(found.organisationId);
  }
  return { level, doubted };
}

interface Search {
  readonly period: Period;
  readonly level: number;
  readonly doubted: readonly bigint[];
}

/**
 * The organisation without whose unproven word the level is lowest; undefined where none reports as much as the level. Several that are in it together hide
 * each other: without one of them the level may stay, and it is left out all the same, so that the next one is found.
 */
function mostLifting(
  reports: readonly Report[],
  { period, level, doubted }: Search,
): { organisationId: bigint; counted: readonly Report[]; level: number } | undefined {
  let found: ReturnType<typeof mostLifting>;
  for (const organisationId of suspectsAmong(reports, { level, doubted })) {
    const counted = provenOnly(reports, organisationId);
    const without = clearingLevel(counted, period);
    if (without < (found?.level ?? Infinity)) found = { organisationId, counted, level: without };
  }
  return found;
}

/** Those that report most above the level; by their ids where they report the same. */
function suspectsAmong(reports: readonly Report[], { level, doubted }: Omit<Search, 'period'>): bigint[] {
  const above = new Map<bigint, number>();
  for (const { organisationId, levelMicros, shares, weight } of reports) {
    if (levelMicros < level) break;
    if (!doubted.includes(organisationId)) above.set(organisationId, (above.get(organisationId) ?? 0) + weight * largestOf(shares));
  }
  const inOrder = [...above].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return inOrder.slice(0, SUSPECTS).map(([organisationId]) => organisationId);
}
