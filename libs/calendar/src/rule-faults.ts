import type { BodyFault } from '#kinds';

/** How often a rule may recur, and of how many occurrences it may be made. */
const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const COUNT_MAX = 500;
const INTERVAL_MAX = 1_000;

type Part = (value: string) => string | undefined;

const whole =
  (min: number, max: number): Part =>
  (value) =>
    /^\d{1,5}$/.test(value) && Number(value) >= min && Number(value) <= max ? undefined : `must be a whole number from ${min} to ${max}`;

/** Numbers of a list: of either sign where they may count from the end. */
const listed =
  (min: number, max: number, isSigned = false): Part =>
  (value) =>
    value.split(',').every((each) => (isSigned ? /^[+-]?\d{1,3}$/ : /^\d{1,2}$/).test(each) && isIn(Math.abs(Number(each)), min, max))
      ? undefined
      : `must be numbers from ${min} to ${max}${isSigned ? ', or below zero to count from the end' : ''}, with commas between them`;

const isIn = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** The parts that a rule may have, with what is wrong with the value of each. What recurs more often than once an hour is no window. */
const PARTS: Readonly<Record<string, Part>> = {
  FREQ: (value) => ((FREQUENCIES as readonly string[]).includes(value) ? undefined : `must be one of ${FREQUENCIES.join(', ')}`),
  INTERVAL: whole(1, INTERVAL_MAX),
  COUNT: whole(1, COUNT_MAX),
  UNTIL: (value) => (/^\d{8}T\d{6}Z$/.test(value) ? undefined : 'must be a moment in UTC, such as 20271231T235959Z'),
  BYMONTH: listed(1, 12),
  BYMONTHDAY: listed(1, 31, true),
  BYYEARDAY: listed(1, 366, true),
  BYWEEKNO: listed(1, 53, true),
  BYDAY: (value) =>
    /^(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU))*$/.test(value)
      ? undefined
      : 'must be days of the week, such as MO,WE or 2TU',
  BYHOUR: listed(0, 23),
  BYMINUTE: whole(0, 59),
  BYSETPOS: listed(1, 366, true),
  WKST: (value) => (/^(?:MO|TU|WE|TH|FR|SA|SU)$/.test(value) ? undefined : 'must be a day of the week, such as MO'),
};

/** What is wrong with the text of a rule, as far as its form goes. */
export function ruleFaults(rule: string): BodyFault[] {
  const parts = rule.split(';').map((part) => part.split('='));
  const names = parts.map(([name = '']) => name);
  const fault = (message: string): BodyFault => ({ path: '$.rule', message });
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (parts.some((part) => part.length !== 2)) return [fault('must be parts such as FREQ=WEEKLY;BYDAY=TU, without RRULE: before them')];
  if (twice !== undefined) return [fault(`names ${twice} twice`)];
  const faults = parts.flatMap(([name = '', value = '']) => {
    const of = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!of) return [fault(`has the part ${name}, which it may not: ${Object.keys(PARTS).join(', ')}`)];
    const message = of(value);
    return message === undefined ? [] : [fault(`${name} ${message}`)];
  });
  if (!names.includes('FREQ') && faults.length === 0) faults.push(fault('names no FREQ'));
  if (names.includes('COUNT') && names.includes('UNTIL')) faults.push(fault('names COUNT and UNTIL; it ends by one of them'));
  return faults;
}
