import { invariant, micros, type Micros } from '#units';
import { guardedLevel } from './guard.js';
import { byDensity, type Report } from './report.js';
import { LEVEL_MICROS_MAX, type LearningRule } from './rule.js';

/** Reports that are kept, at most; then whole slots are forgotten, the oldest first. */
const REPORTS_MAX = 16_384;

/** What a market has learnt from, and since when. */
export interface LearningHistory {
  /** The first slot that counts. */
  readonly since: number;
  /** How far back reports count: the slots on sale. */
  readonly horizonSlots: number;
  /** By density. */
  readonly reports: readonly Report[];
}

/** A level with what justifies it. */
export interface LearntLevel {
  readonly levelMicros: Micros;
  /** What clears the demand, before the operator's floor and ceiling. */
  readonly clearingMicros: Micros;
  /** Slots looked back at, and the reports and organisations in them. */
  readonly slots: number;
  readonly bids: number;
  readonly organisations: number;
  /** Organisations whose densities were held down: they lift the level most. */
  readonly doubted: readonly bigint[];
}

/** Nothing learnt yet. */
export const emptyHistory = (since: number, horizonSlots: number): LearningHistory => ({ since, horizonSlots, reports: [] });

/** With more reports; what is too old by then is forgotten. The order in which they are added does not matter. */
export function withReports(history: LearningHistory, more: readonly Report[]): LearningHistory {
  if (more.length === 0) return history;
  const newest = more.reduce((last, { slot }) => Math.max(last, slot), 0);
  const oldest = Math.max(history.since, newest - history.horizonSlots);
  const reports = [...history.reports, ...more].filter(({ slot }) => slot >= oldest).sort(byDensity);
  return reports.length <= REPORTS_MAX ? { ...history, reports } : withoutOldest({ ...history, reports });
}

/** Without as many of the oldest slots as are too many; those before count as never seen. */
function withoutOldest({ reports, ...history }: LearningHistory): LearningHistory {
  const slots = reports.map(({ slot }) => slot).sort((a, b) => b - a);
  const newest = slots[0];
  const since = Math.min(newest, slots[REPORTS_MAX] + 1);
  return { ...history, since, reports: reports.filter(({ slot }) => slot >= since) };
}

/** Whether the level is learnt anew at the beginning of each slot only; before, after every bid. */
export const isWarm = ({ since, horizonSlots }: LearningHistory, slot: number): boolean => slot - since >= horizonSlots;

/**
 * The level for bids that are decided in a slot from here on. Once there is a horizon of slots to look back at, those before the slot count; until then,
 * those from the first on and the slot itself.
 */
export function learntLevel(
  history: LearningHistory,
  slot: number,
  { floor, ceiling, shareCap }: Pick<LearningRule, 'floor' | 'ceiling' | 'shareCap'>,
): LearntLevel {
  invariant(slot >= history.since, 'what is learnt from lies before');
  const warm = isWarm(history, slot);
  const last = warm ? slot - 1 : slot;
  const slots = Math.min(history.horizonSlots, last - history.since + 1);
  const reports = history.reports.filter((report) => report.slot <= last && report.slot > last - slots);
  const { level, doubted } = guardedLevel(reports, { last, slots, isYoung: !warm, shareCap });
  const clearing = BigInt(Math.min(LEVEL_MICROS_MAX, Math.round(level)));
  const capped = clearing > ceiling ? ceiling : clearing;
  return {
    levelMicros: micros(capped < floor ? floor : capped),
    clearingMicros: micros(clearing),
    slots,
    bids: reports.length,
    organisations: new Set(reports.map(({ organisationId }) => organisationId)).size,
    doubted,
  };
}
