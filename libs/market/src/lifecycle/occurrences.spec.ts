import { occurrencesIn } from './occurrences.js';
import type { Recurrence } from './recurring-ports.js';

const MINUTE = 60_000;
const clock = { openedAt: new Date(0), slotMinutes: 20 };

/** Occurs at some minutes. */
const at = (...minutes: number[]): Recurrence => ({
  faultsOf: () => [],
  within: (_, from, to, max) =>
    minutes
      .map((each) => each * MINUTE)
      .filter((ms) => ms >= from && ms < to)
      .slice(0, max),
  firstFrom: () => undefined,
});
const slots = (recurrence: Recurrence, minutes: number, from = 0, to = 100): string[] =>
  occurrencesIn(recurrence, { rule: '', start: '', timeZone: '', minutes }, clock, { from, to, max: 50 }).map(
    ({ occursMs, ...one }) => `${occursMs / MINUTE}: ${one.from}-${one.to}`,
  );

describe('occurrences', () => {
  it('withdraw every slot that they touch', () => {
    expect(slots(at(20, 65, 100), 20)).toEqual(['20: 1-2', '65: 3-5', '100: 5-6']);
    expect(slots(at(39), 1)).toEqual(['39: 1-2']);
    expect(slots(at(39), 2)).toEqual(['39: 1-3']);
  });

  it('never withdraw a slot twice: it is the earlier one’s, of before the range too', () => {
    expect(slots(at(0, 10, 30), 25)).toEqual(['0: 0-2', '30: 2-3']);
    expect(slots(at(0, 30), 45, 1)).toEqual(['30: 3-4']);
  });

  it('belong to the range in which they begin', () => {
    expect(slots(at(10, 20, 59, 60), 5, 1, 3)).toEqual(['20: 1-2', '59: 2-4']);
  });
});
