import type { ItemOf } from '#sdk';
import { formatMicros, parseMicros } from '#units';

type Account = ItemOf<'listAccounts'>;
type Entry = ItemOf<'listEntries'>;

/** An amount of the API in micro-credits. */
export const amountOf = (text: string): bigint => parseMicros(text) ?? 0n;

/** The sum of amounts, micro-credits. */
export const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);

/** Transfers whose two sides, among those entries, do not sum to zero. */
export function unbalancedTransfers(entries: readonly Entry[]): string[] {
  const totals = new Map<string, bigint>();
  for (const { transferId, amount } of entries) totals.set(transferId, (totals.get(transferId) ?? 0n) + amountOf(amount));
  return [...totals].flatMap(([id, total]) => (total === 0n ? [] : [`transfer ${id} sums to ${formatMicros(total)}`]));
}

/** Balances of an organisation that are not the sums of its entries, of which those are all. */
export function wrongBalances({ organisation, balance, retained, revenue }: Account, entries: readonly Entry[]): string[] {
  const shown = { wallet: balance.available, escrow: balance.held, retained, revenue } as const;
  return (['wallet', 'escrow', 'retained', 'revenue'] as const).flatMap((kind) => {
    const total = sumOf(entries.filter(({ account }) => account === kind).map(({ amount }) => amountOf(amount)));
    if (total === amountOf(shown[kind])) return [];
    return [`${organisation}: its ${kind} is ${shown[kind]}, its entries sum to ${formatMicros(total)}`];
  });
}
