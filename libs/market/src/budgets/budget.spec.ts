import type { BudgetCap } from '#log';
import { micros } from '#units';
import fc from 'fast-check';
import { type BudgetCharge, chargesOf, givenBack, netCharges, periodOf, periodsIn, periodText } from './budget.js';
import { BudgetTracker } from './budget-tracker.js';

const HOUR = 60;
const openedMs = Date.UTC(2026, 10, 30, 22, 30);
const calendar = { marketId: 1n, openedMs, slotMinutes: HOUR };
const line = (slot: number, amount: bigint) => ({
  slot,
  site: 0,
  resource: 'gpu',
  quantityMilli: 1000,
  unitPrice: micros(amount),
  amount: micros(amount),
});
const cap = (period: number, from: number, to: number): BudgetCap => ({
  budgetId: 1n,
  period,
  name: 'b',
  from,
  to,
  leftMicros: micros(100n),
});

describe('the periods of a budget', () => {
  it('have the slots that begin in them, over midnights and the ends of months', () => {
    const day = periodOf('day', openedMs);
    expect(periodsIn('day', calendar, 0, 30)).toEqual([
      { period: day, from: 0, to: 2 },
      { period: day + 1, from: 2, to: 26 },
      { period: day + 2, from: 26, to: 30 },
    ]);
    expect(periodsIn('month', calendar, 1, 4).map(({ period, from, to }) => [periodText('month', period), from, to])).toEqual([
      ['2026-11', 1, 2],
      ['2026-12', 2, 4],
    ]);
    expect(periodsIn('all', calendar, 5, 9)).toEqual([{ period: 0, from: 5, to: 9 }]);
    expect([periodText('day', day), periodText('month', periodOf('month', Date.UTC(2026, 0))), periodText('all', 0)]).toEqual([
      '2026-11-30',
      '2026-01',
      'all',
    ]);
  });

  it('take what the slots in them cost', () => {
    const lines = [line(0, 3n), line(2, 5n), line(2, 7n), line(3, 11n)];
    expect(chargesOf([cap(1, 0, 2), cap(2, 2, 3), cap(3, 4, 9)], lines)).toEqual([
      { budgetId: 1n, period: 1, amountMicros: 3n },
      { budgetId: 1n, period: 2, amountMicros: 12n },
    ]);
  });
});

it('gives back what comes back, of the latest periods first, and never more than was taken', () => {
  const charge = fc.record({ budgetId: fc.bigInt(1n, 3n), period: fc.nat(4), amountMicros: fc.bigInt(1n, 50n) });
  fc.assert(
    fc.property(fc.array(charge, { maxLength: 8 }), fc.bigInt(0n, 120n), (taken, returned) => {
      const charges = netCharges(taken);
      const left = netCharges([...charges, ...givenBack(charges, returned)]);
      const sum = (of: readonly BudgetCharge[], budgetId: bigint) =>
        of.filter((one) => one.budgetId === budgetId).reduce((total, { amountMicros }) => total + amountMicros, 0n);
      for (const budgetId of [1n, 2n, 3n]) {
        const [before, after] = [sum(charges, budgetId), sum(left, budgetId)];
        expect(after).toBe(before > returned ? before - returned : 0n);
        const touched = givenBack(charges, returned).filter((one) => one.budgetId === budgetId);
        const first = Math.min(...touched.map(({ period }) => period));
        for (const one of left) if (one.budgetId === budgetId) expect(one.period <= first || touched.length === 0).toBe(true);
      }
      for (const { amountMicros } of left) expect(amountMicros > 0n).toBe(true);
    }),
  );
});

describe('what budgets leave', () => {
  const window = { head: { marketId: 1n, slot: 0 }, horizonSlots: 4 };
  const terms = { organisationId: 5n, keyId: null, label: null, amountMicros: 10n, used: [] };
  const bid = (label?: string, bidId = 1n) => ({ bidId, organisationId: 5n, body: { ...(label !== undefined && { label }) } });
  const tracker = () =>
    new BudgetTracker({
      calendars: [calendar],
      keys: [{ bidId: 2n, keyId: 7n }],
      budgets: [
        { ...terms, budgetId: 1n, name: 'all', scope: 'organisation', per: 'all', used: [{ period: 0, usedMicros: 4n }] },
        { ...terms, budgetId: 2n, name: 'night', scope: 'label', label: 'night', per: 'day' },
        { ...terms, budgetId: 3n, name: 'key', scope: 'key', keyId: 7n, per: 'month' },
      ],
    });
  const told = (caps: readonly BudgetCap[] | undefined) => caps?.map(({ name, from, to, leftMicros }) => [name, from, to, leftMicros]);

  it('is told of those that count a bid, and of nobody who has none', () => {
    expect(told(tracker().capsOf(bid(), window))).toEqual([['all', 0, 4, 6n]]);
    expect(told(tracker().capsOf(bid('night'), window))).toEqual([
      ['all', 0, 4, 6n],
      ['night', 0, 2, 10n],
      ['night', 2, 4, 10n],
    ]);
    expect(told(tracker().capsOf(bid('day', 2n), window))?.map(([name]) => name)).toEqual(['all', 'key', 'key']);
    expect(tracker().capsOf({ ...bid(), organisationId: 6n }, window)).toBeUndefined();
  });

  it('falls by what was taken, and not below nothing', () => {
    const budgets = tracker();
    budgets.charged([{ budgetId: 1n, period: 0, amountMicros: 5n }]);
    expect(told(budgets.capsOf(bid(), window))).toEqual([['all', 0, 4, 1n]]);
    budgets.charged([{ budgetId: 1n, period: 0, amountMicros: 5n }]);
    expect(told(budgets.capsOf(bid(), window))).toEqual([['all', 0, 4, 0n]]);
  });
});
