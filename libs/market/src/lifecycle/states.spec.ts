import fc from 'fast-check';
import { ALLOCATION_MOVES, mayFollow, SLOT_MOVES, slotStateAt, stateAt } from './states.js';

const planArb = fc
  .tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }))
  .map(([a, b]) => ({ firstSlot: Math.min(a, b), lastSlot: Math.max(a, b) }));
const clockArb = fc.array(fc.nat({ max: 25 }), { maxLength: 8 }).map((slots) => slots.sort((a, b) => a - b));

describe('the states of an allocation', () => {
  it('follow the clock by moves of the table, whatever slots it leaps over', () => {
    fc.assert(
      fc.property(planArb, clockArb, (plan, slots) => {
        let before = stateAt({ ...plan, now: 0, ended: undefined });
        for (const now of slots) {
          const state = stateAt({ ...plan, now, ended: undefined });
          expect([before, state, mayFollow(before, state, ALLOCATION_MOVES)]).toEqual([before, state, true]);
          before = state;
        }
      }),
    );
  });

  it('end once', () => {
    for (const ended of ['cancelled', 'failed'] as const) {
      expect(stateAt({ now: 3, firstSlot: 2, lastSlot: 9, ended })).toBe(ended);
      expect(ALLOCATION_MOVES[ended]).toEqual([]);
      expect(mayFollow('completed', ended, ALLOCATION_MOVES)).toBe(false);
    }
  });
});

describe('the states of a slot', () => {
  it('are delivered or void at the end, and stay so', () => {
    for (const slot of [0, 1, 5])
      for (const now of [0, 1, 2, 6]) {
        expect(slotStateAt(now, slot, true)).toBe(slot < now ? 'delivered' : 'planned');
        expect(slotStateAt(now, slot, false)).toBe('void');
      }
    expect([SLOT_MOVES.delivered, SLOT_MOVES.void]).toEqual([[], []]);
  });
});
