import { createRecurrence } from './recurrence.js';

const recurrence = createRecurrence();
const BERLIN = { start: '2026-01-01T02:30', timeZone: 'Europe/Berlin' };
const rule = (text: string, fields: object = {}) => ({ rule: text, ...BERLIN, ...fields });
const within = (text: string, from: string, to: string, fields: object = {}): string[] =>
  recurrence.within(rule(text, fields), Date.parse(from), Date.parse(to), 100).map((ms) => new Date(ms).toISOString().slice(0, 16));
const faults = (text: string, fields: object = {}): string[] =>
  recurrence.faultsOf(rule(text, fields)).map(({ path, message }) => `${path} ${message}`);

describe('a rule', () => {
  it('keeps the time of day where daylight saving begins, and leaves out what is not there that night', () => {
    expect(within('FREQ=DAILY', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual(['2026-03-28T01:30', '2026-03-30T00:30']);
  });

  it('occurs once in the night that has the hour twice, the first time', () => {
    expect(within('FREQ=DAILY', '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
  });

  it('begins where its start is, includes the moment asked from, and leaves out the one asked to', () => {
    expect(within('FREQ=DAILY', '2025-12-30T00:00Z', '2026-01-03T01:30Z')).toEqual(['2026-01-01T01:30', '2026-01-02T01:30']);
    expect(within('FREQ=DAILY', '2026-01-02T01:30Z', '2026-01-02T01:31Z')).toEqual(['2026-01-02T01:30']);
  });

  it('does not occur at its start where it says so otherwise', () => {
    expect(within('FREQ=WEEKLY;BYDAY=MO,TU;COUNT=3', '2026-01-01T00:00Z', '2027-01-01T00:00Z')).toEqual([
      '2026-01-05T01:30',
      '2026-01-06T01:30',
      '2026-01-12T01:30',
    ]);
  });

  it('ends by a count or at a moment, and goes on for ever without them', () => {
    expect(within('FREQ=DAILY;UNTIL=20260102T013000Z', '2026-01-01T00:00Z', '2027-01-01T00:00Z')).toHaveLength(2);
    expect(within('FREQ=DAILY;COUNT=2', '2026-01-02T12:00Z', '2027-01-01T00:00Z')).toEqual([]);
    expect(within('FREQ=MONTHLY;BYDAY=2TU', '2126-01-01T00:00Z', '2126-02-01T00:00Z')).toEqual(['2126-01-08T01:30']);
  });

  it('is found however long ago it began', () => {
    for (const text of ['FREQ=DAILY', 'FREQ=HOURLY;INTERVAL=7', 'FREQ=HOURLY', 'FREQ=YEARLY;BYMONTH=1', 'FREQ=DAILY;COUNT=500'])
      expect([text, within(text, '2026-01-01T00:00Z', '2026-02-01T00:00Z', { start: '1970-01-01T02:30' }).length > 0]).toEqual([
        text,
        !text.includes('COUNT'),
      ]);
  });

  it('that never occurs has no first occurrence', () => {
    const first = (text: string): number | undefined => recurrence.firstFrom(rule(text), Date.parse('2026-01-01T00:00Z'));
    expect([first('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), first('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31')]).toEqual([undefined, undefined]);
    expect(first('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29')).toBe(Date.parse('2028-02-29T01:30Z'));
  });
});

describe('what is wrong with a rule', () => {
  it.each([
    ['RRULE:FREQ=DAILY', '$.rule has the part RRULE:FREQ, which it may not'],
    ['FREQ=DAILY;', '$.rule must be parts such as'],
    ['hello', '$.rule must be parts such as'],
    ['INTERVAL=2', '$.rule names no FREQ'],
    ['FREQ=SECONDLY', '$.rule FREQ must be one of HOURLY'],
    ['FREQ=DAILY;FREQ=DAILY', '$.rule names FREQ twice'],
    ['FREQ=DAILY;INTERVAL=0', '$.rule INTERVAL must be a whole number from 1 to 1000'],
    ['FREQ=DAILY;COUNT=501', '$.rule COUNT must be'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z', '$.rule names COUNT and UNTIL'],
    ['FREQ=DAILY;UNTIL=20270101', '$.rule UNTIL must be a moment in UTC'],
    ['FREQ=DAILY;BYHOUR=24', '$.rule BYHOUR must be numbers from 0 to 23'],
    ['FREQ=DAILY;BYMINUTE=0,30', '$.rule BYMINUTE must be a whole number'],
    ['FREQ=DAILY;BYSECOND=1', '$.rule has the part BYSECOND'],
    ['FREQ=DAILY;BYDAY=XX', '$.rule BYDAY must be days'],
    ['FREQ=DAILY;EXDATE=20270101T000000Z', '$.rule has the part EXDATE'],
    ['FREQ=DAILY;__proto__=1', '$.rule has the part __proto__'],
    ['FREQ=DAILY\nEXDATE:20270101T000000Z', '$.rule FREQ must be one of'],
  ])('%s', (text, message) => {
    expect(faults(text)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [{ timeZone: 'Europe/Nowhere' }, '$.timeZone is no time zone'],
    [{ timeZone: '' }, '$.timeZone is no time zone'],
    [{ timeZone: '+02:00' }, '$.timeZone is no time zone'],
    [{ timeZone: 'UTC\nRRULE:FREQ=HOURLY' }, '$.timeZone is no time zone'],
    [{ start: '2027-02-30T02:00' }, '$.start must be a time of day of a date'],
    [{ start: '2027-02-03' }, '$.start must be'],
    [{ start: '0001-01-01T02:00' }, '$.start must be in the years from 1970'],
    [{ start: '2027-02-03T02:00:00Z' }, '$.start must be'],
  ])('%j', (fields, message) => {
    expect(faults('FREQ=DAILY', fields)).toEqual([expect.stringContaining(message)]);
  });

  it('is nothing in common rules', () => {
    for (const text of ['FREQ=WEEKLY;BYDAY=TU,-1FR', 'FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=3;BYMINUTE=15', 'FREQ=YEARLY;BYWEEKNO=20;WKST=SU'])
      expect(faults(text)).toEqual([]);
  });
});
