import {
  ACCOUNT_KINDS,
  applyTransfers,
  deliver,
  type DeliveryRule,
  holdOf,
  isComplete,
  ledgerLaws,
  type Ledger,
  openLedger,
  owedOf,
  type Sale,
  saleOf,
  type Settlement,
  type Standing,
  standingOf,
  transferOf,
  type AccountKind,
  type Movement,
} from '#ledger';
import { micros } from '#units';
import fc from 'fast-check';

/** Real: the settlement and the books. What is held of a sale ends slot by slot, whatever becomes of each, and all of it ends. */
const OPERATOR = 1n;
const BIDDER = 2n;
const FUNDS = micros(1_000n);
const accountOf = (ownerId: bigint, kind: AccountKind): bigint => 10n * ownerId + BigInt(ACCOUNT_KINDS.indexOf(kind));

const linesArb = fc.array(fc.record({ slot: fc.nat({ max: 9 }), amount: fc.bigInt(0n, 20n).map(micros) }), { maxLength: 30 });
const saleArb = linesArb.map((lines): Sale => {
  const payment = micros(lines.reduce((sum, { amount }) => sum + amount, 0n));
  return saleOf({ bidId: 7n, bidderId: BIDDER, payment }, lines);
});
const stopsArb = fc.array(fc.nat({ max: 11 }), { maxLength: 5 }).map((stops) => [...stops.sort((a, b) => a - b), 11]);
const ruleArb = fc.constantFrom<DeliveryRule>('retained', 'captured');

const richBooks = (): Ledger => {
  const accounts = [OPERATOR, BIDDER].flatMap((ownerId) => ACCOUNT_KINDS.map((kind) => ({ id: accountOf(ownerId, kind), ownerId, kind })));
  const deposit = {
    kind: 'deposit' as const,
    debitId: accountOf(OPERATOR, 'funding'),
    creditId: accountOf(BIDDER, 'wallet'),
    amount: FUNDS,
  };
  return book(openLedger(accounts), [deposit]);
};

function book(ledger: Ledger, transfers: Parameters<typeof applyTransfers>[1]): Ledger {
  const outcome = applyTransfers(ledger, transfers);
  if (outcome.kind !== 'applied')
    throw new Error(JSON.stringify(outcome, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)));
  expect(ledgerLaws(outcome.ledger)).toEqual([]);
  return outcome.ledger;
}

const make = (ledger: Ledger, movements: readonly Movement[]): Ledger =>
  book(
    ledger,
    movements.map((movement) => transferOf(movement, accountOf)),
  );
const balanceOf = (ledger: Ledger, ownerId: bigint, kind: AccountKind): bigint =>
  ledger.accounts.get(accountOf(ownerId, kind))?.balance ?? -1n;
const amountOf = (sale: Sale, slots: (slot: number) => boolean): bigint =>
  [...sale.amounts].reduce((sum, [slot, amount]) => (slots(slot) ? sum + amount : sum), 0n);
const held = (sale: Sale): Ledger => make(richBooks(), [holdOf(sale) ?? []].flat());

describe('what is held of a sale', () => {
  it('is retained as slots run, and earned when all have, in however many steps', () => {
    fc.assert(
      fc.property(saleArb, stopsArb, (sale, stops) => {
        let ledger = held(sale);
        let standing = standingOf(sale, OPERATOR);
        for (const stop of stops) {
          const settlement = deliver(standing, stop);
          ledger = make(ledger, settlement.movements);
          ({ standing } = settlement);
          const ran = amountOf(sale, (slot) => slot < stop);
          const due = amountOf(sale, (slot) => slot >= stop);
          expect(isComplete(standing)).toBe([...sale.amounts.keys()].every((slot) => slot < stop));
          expect(balanceOf(ledger, BIDDER, 'escrow')).toBe(due);
          expect(balanceOf(ledger, OPERATOR, 'retained')).toBe(isComplete(standing) ? 0n : ran);
          expect(balanceOf(ledger, OPERATOR, 'revenue')).toBe(isComplete(standing) ? ran : 0n);
          expect(owedOf(standing)).toBe(isComplete(standing) ? 0n : sale.payment);
        }
        expect([...ledger.holds.values()].map(({ left, retained }) => [left, retained])).toEqual(sale.payment > 0n ? [[0n, 0n]] : []);
      }),
    );
  });

  it('moves nothing a second time, whichever rule a slot ran by', () => {
    fc.assert(
      fc.property(saleArb, fc.array(fc.tuple(fc.nat({ max: 11 }), ruleArb), { maxLength: 6 }), (sale, moves) => {
        let ledger = held(sale);
        let standing = standingOf(sale, OPERATOR);
        for (const [stop, rule] of [...moves, [11, 'retained'] as const]) {
          const once: Settlement = deliver(standing, stop, rule);
          ledger = make(ledger, once.movements);
          standing = once.standing;
          expect(deliver(standing, stop, rule).movements).toEqual([]);
        }
        expect([balanceOf(ledger, BIDDER, 'escrow'), balanceOf(ledger, OPERATOR, 'retained')]).toEqual([0n, 0n]);
        expect(balanceOf(ledger, OPERATOR, 'revenue')).toBe(sale.payment);
      }),
    );
  });

  it('is refused by the books where a slot ends a second time', () => {
    const sale = saleOf({ bidId: 7n, bidderId: BIDDER, payment: micros(5n) }, [
      { slot: 3, amount: micros(2n) },
      { slot: 4, amount: micros(3n) },
    ]);
    const standing: Standing = standingOf(sale, OPERATOR);
    const [retained] = deliver(standing, 4).movements;
    const ran = make(held(sale), [retained]);
    expect(applyTransfers(ran, [transferOf(retained, accountOf)]).kind).toBe('slot_ended');
  });

  it('adds up to the payment, or the sale is none', () => {
    const lines = [{ slot: 3, amount: micros(5n) }];
    expect(() => saleOf({ bidId: 7n, bidderId: BIDDER, payment: micros(6n) }, lines)).toThrow('a payment is the sum of its lines');
  });
});
