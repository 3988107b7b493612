import { micros } from '#units';
import { ledgerLaws } from './laws.js';
import { openLedger } from './ledger.js';

describe('the laws', () => {
  const lawful = openLedger([
    { id: 1n, ownerId: 1n, kind: 'funding' },
    { id: 2n, ownerId: 2n, kind: 'wallet' },
    { id: 3n, ownerId: 2n, kind: 'escrow' },
    { id: 4n, ownerId: 1n, kind: 'retained' },
  ]);
  const withBalances = (...balances: bigint[]) => {
    const accounts = [...lawful.accounts.values()].map((account, index) => ({ ...account, balance: micros(balances[index] ?? 0n) }));
    return {
      accounts: new Map(accounts.map((account) => [account.id, account])),
      entries: accounts.map(({ id, balance }) => ({ accountId: id, amount: balance })),
    };
  };
  const hold = {
    escrowId: 3n,
    amount: micros(5n),
    left: micros(5n),
    endedSlots: new Set<number>(),
    retainedId: undefined,
    retained: micros(0n),
    isEarned: false,
  };

  it('hold of books in which nothing has happened', () => expect(ledgerLaws(lawful)).toEqual([]));

  it.each([
    ['money is neither made nor lost', { ...lawful, ...withBalances(0n, 1n, 0n) }],
    ['nothing but funding is negative', { ...lawful, ...withBalances(1n, -1n, 0n) }],
    ['a balance is its credits less its debits', { ...lawful, entries: [{ accountId: 2n, amount: micros(1n) }] }],
    ['a balance is its credits less its debits', { ...lawful, entries: [{ accountId: 9n, amount: micros(1n) }] }],
    ['open holds are what escrow has', { ...lawful, ...withBalances(-5n, 0n, 5n) }],
    ['open holds are what escrow has', { ...lawful, holds: new Map([[7n, hold]]) }],
    [
      'no more of a hold ends than was held',
      { ...lawful, ...withBalances(-6n, 0n, 6n), holds: new Map([[7n, { ...hold, left: micros(6n) }]]) },
    ],
    ['what is retained of holds is what retained has', { ...lawful, ...withBalances(-5n, 0n, 0n, 5n) }],
    [
      'what is retained of holds is what retained has',
      { ...lawful, holds: new Map([[7n, { ...hold, left: micros(0n), retainedId: 4n, retained: micros(5n) }]]) },
    ],
  ])('notice where it is broken that %s', (law, ledger) => expect(ledgerLaws(ledger)).toEqual([law]));
});
