import { invariant, micros } from '#units';
import { type Balance, BALANCE_MAX, mayBeNegative } from './account.js';
import type { Hold, Ledger } from './ledger.js';
import { type Entry, isWay, type Transfer } from './transfer.js';

/** Why a transfer is refused, in order of precedence. */
export const TRANSFER_FAULTS = [
  'amount_not_positive',
  'account_unknown',
  'not_a_way',
  'already_held',
  'not_held',
  'slot_ended',
  'earned',
  'exceeds_hold',
] as const;
/** Why transfers cannot be applied. */
export type TransferFault = (typeof TRANSFER_FAULTS)[number];

/** `index` says which transfer is at fault; a balance is at fault only where none of them is. */
export type ApplyOutcome =
  | { readonly kind: TransferFault; readonly index: number }
  | { readonly kind: 'exceeds_balance' | 'exceeds_limit'; readonly accountId: bigint }
  | { readonly kind: 'applied'; readonly ledger: Ledger };

interface Draft {
  readonly accounts: Map<bigint, Balance>;
  readonly holds: Map<bigint, Hold>;
  readonly entries: Entry[];
}

/**
 * Makes transfers together, all or none: balances count once all of them are made, as in the database, where they are one statement.
 * @returns the books afterwards, or why nothing happened. The books before are never changed.
 */
export function applyTransfers(ledger: Ledger, transfers: readonly Transfer[]): ApplyOutcome {
  const draft: Draft = { accounts: new Map(ledger.accounts), holds: new Map(ledger.holds), entries: [...ledger.entries] };
  for (const [index, transfer] of transfers.entries()) {
    const fault = faultOf(draft, transfer);
    if (fault) return { kind: fault, index };
    move(draft, transfer);
    changeHold(draft, transfer);
  }
  for (const account of draft.accounts.values()) {
    if (account.balance < 0n && !mayBeNegative(account)) return { kind: 'exceeds_balance', accountId: account.id };
    if (account.balance > BALANCE_MAX || account.balance < -BALANCE_MAX) return { kind: 'exceeds_limit', accountId: account.id };
  }
  invariant(draft.entries.length === ledger.entries.length + 2 * transfers.length, 'a transfer has two entries');
  return { kind: 'applied', ledger: draft };
}

function faultOf({ accounts, holds }: Draft, transfer: Transfer): TransferFault | undefined {
  const debit = accounts.get(transfer.debitId);
  const credit = accounts.get(transfer.creditId);
  if (transfer.amount <= 0n) return 'amount_not_positive';
  if (!debit || !credit) return 'account_unknown';
  if (!isWay(transfer.kind, { debit, credit })) return 'not_a_way';
  if (transfer.kind === 'deposit') return undefined;
  const held = holds.get(transfer.bidId);
  if (transfer.kind === 'hold') return held ? 'already_held' : undefined;
  return held ? endFault(held, transfer) : 'not_held';
}

/** What ends of a hold: `exceeds_hold` where there is less of it, in escrow or retained. */
function endFault(held: Hold, transfer: EndingTransfer): TransferFault | undefined {
  const isFromEscrow = transfer.kind === 'capture' || transfer.kind === 'retain' || transfer.kind === 'void';
  if (transfer.debitId !== (isFromEscrow ? held.escrowId : held.retainedId)) return 'not_held';
  if (endsSlot(transfer) && held.endedSlots.has(transfer.slot)) return 'slot_ended';
  if (transfer.kind === 'earn' && held.isEarned) return 'earned';
  return transfer.amount > (isFromEscrow ? held.left : held.retained) ? 'exceeds_hold' : undefined;
}

type EndingTransfer = Exclude<Transfer, { kind: 'deposit' | 'hold' }>;
const endsSlot = ({ kind }: EndingTransfer): boolean => kind === 'capture' || kind === 'retain';

function move({ accounts, entries }: Draft, { debitId, creditId, amount }: Transfer): void {
  const sides: Entry[] = [
    { accountId: debitId, amount: micros(-amount) },
    { accountId: creditId, amount },
  ];
  for (const side of sides) {
    const account = accounts.get(side.accountId);
    invariant(account !== undefined, 'money moves between accounts that are there');
    accounts.set(account.id, { ...account, balance: micros(account.balance + side.amount) });
    entries.push(side);
  }
}

function changeHold({ holds }: Draft, transfer: Transfer): void {
  if (transfer.kind === 'deposit') return;
  if (transfer.kind === 'hold') {
    const { creditId: escrowId, amount } = transfer;
    const nothing = { endedSlots: new Set<number>(), retainedId: undefined, retained: micros(0n), isEarned: false };
    holds.set(transfer.bidId, { escrowId, amount, left: amount, ...nothing });
    return;
  }
  const held = holds.get(transfer.bidId);
  invariant(held !== undefined, 'only what is held ends');
  holds.set(transfer.bidId, holdAfter(held, transfer));
}

function holdAfter(held: Hold, transfer: EndingTransfer): Hold {
  const { kind, amount } = transfer;
  const endedSlots = endsSlot(transfer) ? new Set([...held.endedSlots, transfer.slot]) : held.endedSlots;
  if (kind === 'earn' || kind === 'refund')
    return { ...held, retained: micros(held.retained - amount), isEarned: held.isEarned || kind === 'earn' };
  const left = micros(held.left - amount);
  if (kind !== 'retain') return { ...held, left, endedSlots };
  return { ...held, left, endedSlots, retainedId: transfer.creditId, retained: micros(held.retained + amount) };
}
