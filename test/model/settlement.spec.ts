import {
  ACCOUNT_KINDS,
  applyTransfers,
  holdOf,
  ledgerLaws,
  type Ledger,
  openLedger,
  ranBetween,
  type Sale,
  saleOf,
  settle,
  type SlotOutcome,
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
const outcomesArb = fc.array(fc.constantFrom<SlotOutcome>('ran', 'will_not_run', 'due'), { minLength: 10, maxLength: 10 });

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
  it('is captured where slots ran, given back where they will not, and held for the others', () => {
    fc.assert(
      fc.property(saleArb, outcomesArb, (sale, outcomes) => {
        const after = make(
          held(sale),
          settle(sale, OPERATOR, (slot) => outcomes[slot]),
        );
        const of = (outcome: SlotOutcome): bigint => amountOf(sale, (slot) => outcomes[slot] === outcome);
        expect(balanceOf(after, OPERATOR, 'revenue')).toBe(of('ran'));
        expect(balanceOf(after, BIDDER, 'escrow')).toBe(of('due'));
        expect(balanceOf(after, BIDDER, 'wallet')).toBe(FUNDS - of('ran') - of('due'));
      }),
    );
  });

  it('has nothing left once each slot has ended, in however many steps and whichever way', () => {
    fc.assert(
      fc.property(saleArb, fc.nat({ max: 10 }), fc.nat({ max: 10 }), (sale, one, other) => {
        const [first, last] = one < other ? [one, other] : [other, one];
        let ledger = held(sale);
        ledger = make(ledger, settle(sale, OPERATOR, ranBetween(0, first)));
        ledger = make(ledger, settle(sale, OPERATOR, ranBetween(first, last)));
        ledger = make(
          ledger,
          settle(sale, OPERATOR, (slot) => (slot >= last ? 'will_not_run' : 'due')),
        );
        expect(balanceOf(ledger, BIDDER, 'escrow')).toBe(0n);
        expect(balanceOf(ledger, OPERATOR, 'revenue')).toBe(amountOf(sale, (slot) => slot < last));
        expect([...ledger.holds.values()].map(({ left }) => left)).toEqual(sale.payment > 0n ? [0n] : []);
      }),
    );
  });

  it('is refused by the books where a slot ends a second time', () => {
    const sale = saleOf({ bidId: 7n, bidderId: BIDDER, payment: micros(5n) }, [{ slot: 3, amount: micros(5n) }]);
    const ran = make(
      held(sale),
      settle(sale, OPERATOR, () => 'ran'),
    );
    const [again] = settle(sale, OPERATOR, () => 'will_not_run');
    expect(applyTransfers(ran, [transferOf(again, accountOf)]).kind).toBe('slot_ended');
  });

  it('adds up to the payment, or the sale is none', () => {
    const lines = [{ slot: 3, amount: micros(5n) }];
    expect(() => saleOf({ bidId: 7n, bidderId: BIDDER, payment: micros(6n) }, lines)).toThrow('a payment is the sum of its lines');
  });
});
