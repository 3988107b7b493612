import { mayBeNegative } from './account.js';
import type { Ledger } from './ledger.js';

const sum = (amounts: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/** Amounts added up by account. */
function sumBy(rows: Iterable<{ readonly accountId: bigint; readonly amount: bigint }>): Map<bigint, bigint> {
  const totals = new Map<bigint, bigint>();
  for (const { accountId, amount } of rows) totals.set(accountId, (totals.get(accountId) ?? 0n) + amount);
  return totals;
}

/** What holds of the books at every moment. The sixth law, that a refused operation changes nothing, is one of steps. */
const LAWS: Readonly<Record<string, (ledger: Ledger) => boolean>> = {
  'money is neither made nor lost': ({ accounts }) => sum([...accounts.values()].map(({ balance }) => balance)) === 0n,
  'nothing but funding is negative': ({ accounts }) =>
    [...accounts.values()].every((account) => account.balance >= 0n || mayBeNegative(account)),
  'a balance is its credits less its debits': ({ accounts, entries }) => {
    const totals = sumBy(entries);
    return (
      [...accounts.values()].every(({ id, balance }) => balance === (totals.get(id) ?? 0n)) &&
      [...totals.keys()].every((id) => accounts.has(id))
    );
  },
  'no more of a hold ends than was held': ({ holds }) =>
    [...holds.values()].every(({ amount, left, retained }) => left >= 0n && retained >= 0n && left + retained <= amount && amount > 0n),
  'open holds are what escrow has': ({ accounts, holds }) => {
    const open = sumBy([...holds.values()].map(({ escrowId, left }) => ({ accountId: escrowId, amount: left })));
    return [...accounts.values()].every(({ id, kind, balance }) => (kind === 'escrow' ? balance : 0n) === (open.get(id) ?? 0n));
  },
  'what is retained of holds is what retained has': ({ accounts, holds }) => {
    const kept = sumBy(
      [...holds.values()].flatMap(({ retainedId, retained }) =>
        retainedId === undefined ? [] : [{ accountId: retainedId, amount: retained }],
      ),
    );
    return [...accounts.values()].every(({ id, kind, balance }) => (kind === 'retained' ? balance : 0n) === (kept.get(id) ?? 0n));
  },
};

/** @returns the laws that are broken, by name; none in lawful books. */
export function ledgerLaws(ledger: Ledger): string[] {
  return Object.entries(LAWS).flatMap(([law, holds]) => (holds(ledger) ? [] : [law]));
}
