import type { BodyFault } from '#kinds';
import type { Recurrence, RecurrenceRule } from '#market';
import { RRuleTemporal } from 'rrule-temporal';
import { ruleFaults } from './rule-faults.js';

const MS_PER_DAY = 86_400_000;
/** Looked through at once: no rule that may be written occurs more often than the library counts in it. */
const STRIDE_MS = 92 * MS_PER_DAY;
/** How far the library looks: periods of the rule, and moments in them. */
const PERIODS_MAX = 10_000;
const MOMENTS_MAX = 200_000;
/** How far the first occurrence is looked for: the 29th of February may be eight years away. */
const FIRST_WITHIN_MS = 10 * 366 * MS_PER_DAY;
/** Years that a start may lie in: before them time zones had seconds. */
const [YEAR_MIN, YEAR_MAX] = ['1970', '2100'];

/** Rules of RFC 5545, read by `rrule-temporal`. */
export const createRecurrence = (): Recurrence => ({
  faultsOf,
  within: (rule, fromMs, toMs, max) => occurrencesOf(rule, fromMs, toMs, max),
  firstFrom: (rule, fromMs) => occurrencesOf(rule, fromMs, fromMs + FIRST_WITHIN_MS, 1).at(0),
});

function faultsOf(rule: RecurrenceRule): BodyFault[] {
  const faults = [...ruleFaults(rule.rule), ...zoneFaults(rule), ...startFaults(rule)];
  if (faults.length > 0) return faults;
  try {
    parsed(rule);
    return [];
  } catch (cause) {
    return [{ path: '$.rule', message: `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}` }];
  }
}

function zoneFaults({ timeZone }: RecurrenceRule): BodyFault[] {
  return isZone(timeZone) ? [] : [{ path: '$.timeZone', message: 'is no time zone that we know: name one such as Europe/Berlin or UTC' }];
}

function isZone(timeZone: string): boolean {
  try {
    return /^[A-Za-z][\w+/-]*$/.test(timeZone) && new Intl.DateTimeFormat('en', { timeZone }).format(0) !== '';
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

function startFaults({ start }: RecurrenceRule): BodyFault[] {
  const [day = ''] = start.split('T');
  const time = Date.parse(`${start}:00Z`);
  const isThere = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(start) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
  if (!isThere) return [{ path: '$.start', message: 'must be a time of day of a date that there is, such as 2027-01-31T02:00' }];
  const isNear = day >= YEAR_MIN && day < YEAR_MAX;
  return isNear ? [] : [{ path: '$.start', message: `must be in the years from ${YEAR_MIN} on and before ${YEAR_MAX}` }];
}

function parsed({ rule, start, timeZone }: RecurrenceRule): RRuleTemporal {
  const local = `${start.replaceAll(/[-:]/g, '')}00`;
  return new RRuleTemporal({
    rruleString: `DTSTART;TZID=${timeZone}:${local}\nRRULE:${rule}`,
    maxIterations: PERIODS_MAX,
    maxCandidateEvaluations: MOMENTS_MAX,
  });
}

/** From a moment up to but not including another, ms, the earliest. @throws Error where the library gives up. */
function occurrencesOf(rule: RecurrenceRule, fromMs: number, toMs: number, max: number): number[] {
  const read = parsed(rule);
  const isIn = (time: number): boolean => time >= fromMs && time < toMs;
  if (rule.rule.includes('COUNT='))
    return read
      .all()
      .map(({ epochMilliseconds }) => epochMilliseconds)
      .filter(isIn)
      .slice(0, max); // it counts from its start
  const found: number[] = [];
  for (let since = fromMs; since < toMs && found.length < max; since += STRIDE_MS) {
    const until = Math.min(toMs, since + STRIDE_MS);
    const times = read.between(new Date(since), new Date(until), true).map(({ epochMilliseconds }) => epochMilliseconds);
    found.push(...times.filter((time) => time >= since && time < until));
  }
  return found.slice(0, max);
}
