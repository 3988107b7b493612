import type { Account, Transfer } from '#ledger';
import { micros, type Micros } from '#units';
import fc from 'fast-check';

/** An operator and two bidders. */
export const WORLD: readonly Account[] = [
  { id: 1n, ownerId: 1n, kind: 'funding' },
  { id: 2n, ownerId: 1n, kind: 'revenue' },
  { id: 3n, ownerId: 2n, kind: 'wallet' },
  { id: 4n, ownerId: 2n, kind: 'escrow' },
  { id: 5n, ownerId: 3n, kind: 'wallet' },
  { id: 6n, ownerId: 3n, kind: 'escrow' },
];

type Way = Readonly<{ debitId: bigint; creditId: bigint; amount: Micros }>;

/** Mostly where money may go, sometimes anywhere. */
const wayArb = (...sensible: readonly (readonly [bigint, bigint])[]): fc.Arbitrary<Way> => {
  const anyAccount = fc.constantFrom(...WORLD.map(({ id }) => id));
  const ends = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...sensible) }, { weight: 1, arbitrary: fc.tuple(anyAccount, anyAccount) });
  const amounts = fc.oneof({ weight: 9, arbitrary: fc.bigInt(1n, 12n) }, { weight: 1, arbitrary: fc.bigInt(-1n, 0n) });
  return fc.tuple(ends, amounts).map(([[debitId, creditId], amount]) => ({ debitId, creditId, amount: micros(amount) }));
};

const bidId = fc.bigInt(1n, 5n);
const slot = fc.integer({ min: 0, max: 3 });

const transferArb: fc.Arbitrary<Transfer> = fc.oneof(
  wayArb([1n, 3n], [1n, 5n]).map((way) => ({ kind: 'deposit' as const, ...way })),
  fc.tuple(wayArb([3n, 4n], [5n, 6n]), bidId).map(([way, bid]) => ({ kind: 'hold' as const, ...way, bidId: bid })),
  fc.tuple(wayArb([4n, 2n], [6n, 2n]), bidId, slot).map(([way, bid, at]) => ({ kind: 'capture' as const, ...way, bidId: bid, slot: at })),
  fc.tuple(wayArb([4n, 3n], [6n, 5n]), bidId, slot).map(([way, bid, at]) => ({ kind: 'void' as const, ...way, bidId: bid, slot: at })),
);

/** Transfers in batches: those of a batch happen together. */
export const batchesArb: fc.Arbitrary<Transfer[][]> = fc.array(fc.array(transferArb, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 30,
});
