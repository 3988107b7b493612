import type { Account, Transfer } from '#ledger';
import { micros } from '#units';
import fc from 'fast-check';

/** An operator and two bidders. */
export const WORLD: readonly Account[] = [
  { id: 1n, ownerId: 1n, kind: 'funding' },
  { id: 2n, ownerId: 1n, kind: 'revenue' },
  { id: 3n, ownerId: 2n, kind: 'wallet' },
  { id: 4n, ownerId: 2n, kind: 'escrow' },
  { id: 5n, ownerId: 3n, kind: 'wallet' },
  { id: 6n, ownerId: 3n, kind: 'escrow' },
  { id: 7n, ownerId: 1n, kind: 'retained' },
];

const amountArb = fc.oneof({ weight: 19, arbitrary: fc.bigInt(1n, 9n) }, { weight: 1, arbitrary: fc.bigInt(-1n, 0n) }).map(micros);
/** Deposits are larger, or nothing would ever be held. */
const depositArb = fc.bigInt(1n, 40n).map(micros);

const BIDDERS = [
  { walletId: 3n, escrowId: 4n, bidIds: [1n, 2n] },
  { walletId: 5n, escrowId: 6n, bidIds: [3n] },
];
const bidArb = fc
  .constantFrom(...BIDDERS)
  .chain(({ walletId, escrowId, bidIds }) =>
    fc.record({ walletId: fc.constant(walletId), escrowId: fc.constant(escrowId), bidId: fc.constantFrom(...bidIds) }),
  );
const slot = fc.integer({ min: 0, max: 2 });

const sensibleArb: fc.Arbitrary<Transfer> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...BIDDERS), depositArb)
    .map(([{ walletId }, amount]) => ({ kind: 'deposit' as const, debitId: 1n, creditId: walletId, amount })),
  fc
    .tuple(bidArb, amountArb)
    .map(([{ walletId, escrowId, bidId }, amount]) => ({ kind: 'hold' as const, debitId: walletId, creditId: escrowId, amount, bidId })),
  fc
    .tuple(bidArb, amountArb, slot)
    .map(([{ escrowId, bidId }, amount, at]) => ({ kind: 'capture' as const, debitId: escrowId, creditId: 2n, amount, bidId, slot: at })),
  fc.tuple(bidArb, amountArb, slot).map(([{ walletId, escrowId, bidId }, amount, at]) => ({
    kind: 'void' as const,
    debitId: escrowId,
    creditId: walletId,
    amount,
    bidId,
    slot: at,
  })),
  fc
    .tuple(bidArb, amountArb, slot)
    .map(([{ escrowId, bidId }, amount, at]) => ({ kind: 'retain' as const, debitId: escrowId, creditId: 7n, amount, bidId, slot: at })),
  fc.tuple(bidArb, amountArb, slot).map(([{ bidId }, amount, at]) => ({
    kind: 'earn' as const,
    debitId: 7n,
    creditId: 2n,
    amount,
    bidId,
    slot: at,
  })),
  fc.tuple(bidArb, amountArb, slot).map(([{ walletId, bidId }, amount, at]) => ({
    kind: 'refund' as const,
    debitId: 7n,
    creditId: walletId,
    amount,
    bidId,
    slot: at,
  })),
);

/** The right kind between any two accounts. */
const anyAccount = fc.constantFrom(...WORLD.map(({ id }) => id));
const strayArb: fc.Arbitrary<Transfer> = fc
  .tuple(sensibleArb, anyAccount, anyAccount)
  .map(([transfer, debitId, creditId]) => ({ ...transfer, debitId, creditId }));

const transferArb = fc.oneof({ weight: 14, arbitrary: sensibleArb }, { weight: 1, arbitrary: strayArb });

/** Transfers in batches: those of a batch happen together. */
export const batchesArb: fc.Arbitrary<Transfer[][]> = fc.array(fc.array(transferArb, { minLength: 1, maxLength: 2 }), {
  minLength: 1,
  maxLength: 40,
  size: 'max',
});
