import { invariant, micros, type Micros } from '#units';
import { type Account, type AccountKind } from './account.js';
import { type Party, type Transfer, type TransferKind, WAYS } from './transfer.js';

/** What an accepted bid has bought. */
export interface Sale {
  readonly bidId: bigint;
  /** Who pays. */
  readonly bidderId: bigint;
  /** What is held at the acceptance; the slots' amounts add up to it. */
  readonly payment: Micros;
  /** What each slot costs, by slot. */
  readonly amounts: ReadonlyMap<number, Micros>;
}

/** What became of a slot that was sold: it ran, it will never run, or neither is known yet. */
export type SlotOutcome = 'ran' | 'will_not_run' | 'due';

/** Money that moves because of a bid, between accounts that are named by their owner and kind. */
export interface Movement {
  readonly kind: Exclude<TransferKind, 'deposit'>;
  readonly bidId: bigint;
  /** null: of the whole bid. */
  readonly slot: number | null;
  readonly from: Pick<Account, 'ownerId' | 'kind'>;
  readonly to: Pick<Account, 'ownerId' | 'kind'>;
  /** More than zero. */
  readonly amount: Micros;
}

/** A sale from the lines of its payment: a slot costs what its lines add up to. */
export function saleOf(
  { bidId, bidderId, payment }: Omit<Sale, 'amounts'>,
  lines: readonly { readonly slot: number; readonly amount: Micros }[],
): Sale {
  const amounts = new Map<number, Micros>();
  let total = 0n;
  for (const { slot, amount } of lines) {
    invariant(amount >= 0n, 'no line of a payment is below zero');
    amounts.set(slot, micros((amounts.get(slot) ?? 0n) + amount));
    total += amount;
  }
  invariant(total === payment, 'a payment is the sum of its lines');
  return { bidId, bidderId, payment, amounts };
}

/** What a slot of a sale costs. */
export const slotAmount = ({ amounts }: Sale, slot: number): Micros => amounts.get(slot) ?? micros(0n);

/** What moves when a bid is accepted: its payment is held in the bidder's escrow; of a bid that pays nothing, nothing is. */
export function holdOf({ bidId, bidderId, payment }: Sale): Movement | undefined {
  if (payment === 0n) return undefined;
  return { kind: 'hold', bidId, slot: null, ...waysEnds('hold', { bidder: bidderId }), amount: payment };
}

/**
 * What moves when it is known what became of slots of a sale: a slot that ran is captured for the market's operator, one that will not run goes
 * back to the bidder (a void), and what is due stays held. Each slot ends once, with the whole of its amount; so a hold whose slots have all
 * ended has nothing left. The clock of a market does the same in SQL (prisma/functions), for slots that ran.
 * @returns one movement for each slot that ends and costs something, in the order of slots.
 */
export function settle(sale: Sale, operatorId: bigint, outcomeOf: (slot: number) => SlotOutcome): Movement[] {
  const { bidId, bidderId: bidder } = sale;
  const ended = [...sale.amounts].sort(([a], [b]) => a - b).filter(([, amount]) => amount > 0n);
  return ended.flatMap(([slot, amount]): Movement[] => {
    const outcome = outcomeOf(slot);
    if (outcome === 'due') return [];
    const kind = outcome === 'ran' ? 'capture' : 'void';
    return [{ kind, bidId, slot, ...waysEnds(kind, { bidder, operator: operatorId }), amount }];
  });
}

/** The slots that a clock has passed have run. */
export const ranBetween =
  (fromSlot: number, toSlot: number) =>
  (slot: number): SlotOutcome =>
    slot >= fromSlot && slot < toSlot ? 'ran' : 'due';

/** A movement as a transfer, between accounts that `idOf` finds by owner and kind. */
export function transferOf(movement: Movement, idOf: (ownerId: bigint, kind: AccountKind) => bigint): Transfer {
  const { kind, bidId, slot, from, to, amount } = movement;
  const ends = { debitId: idOf(from.ownerId, from.kind), creditId: idOf(to.ownerId, to.kind), amount, bidId };
  if (kind === 'hold') return { kind, ...ends };
  invariant(slot !== null, 'what ends is a slot');
  return { kind, ...ends, slot };
}

function waysEnds(kind: Movement['kind'], owners: Partial<Record<Party, bigint>>): Pick<Movement, 'from' | 'to'> {
  const { from, to } = WAYS[kind];
  return { from: endOf(from, owners), to: endOf(to, owners) };
}

function endOf({ party, kind }: { readonly party: Party; readonly kind: AccountKind }, owners: Partial<Record<Party, bigint>>) {
  const ownerId = owners[party];
  invariant(ownerId !== undefined, 'both ends of a movement are known');
  return { ownerId, kind };
}
