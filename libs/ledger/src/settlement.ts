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

/**
 * What becomes of a slot's price as it runs. retained: it waits with the operator until the job is complete, so that it can go back. captured: the operator
 * earns it at once; so it was until 0.2.0.
 */
export type DeliveryRule = 'captured' | 'retained';

/** A sale as it stands: what of it is still in escrow, slot by slot, and what is retained. */
export interface Standing {
  readonly bidId: bigint;
  readonly bidderId: bigint;
  /** Who runs the market. */
  readonly operatorId: bigint;
  /** What the slots cost that have not run: what the bid has in escrow. */
  readonly planned: ReadonlyMap<number, Micros>;
  /** Of slots that have run, until the job is complete. */
  readonly retained: Micros;
}

/** Money that moves, and how the sale stands then. */
export interface Settlement {
  readonly standing: Standing;
  readonly movements: readonly Movement[];
}

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

/** A sale as it stands when its bid is accepted. */
export const standingOf = ({ bidId, bidderId, amounts }: Sale, operatorId: bigint): Standing => ({
  bidId,
  bidderId,
  operatorId,
  planned: amounts,
  retained: micros(0n),
});

/** Whether all slots of a sale have run. */
export const isComplete = ({ planned }: Standing): boolean => planned.size === 0;

/** What of a sale has not been earned or given back. */
export const owedOf = ({ planned, retained }: Standing): Micros => micros(sumOf(planned.values()) + retained);

/**
 * What moves as a market's clock passes slots: each of a sale's slots before `toSlot` has run. Its price is retained; once the last one has run all that is
 * retained is earned. Each slot ends once, with the whole of its price, so a sale whose slots have all ended has nothing left in escrow. The clock of a
 * market does the same in SQL (prisma/functions), held to this by test/integration/settlement.spec.ts.
 * @returns one movement for each slot that ends and costs something, in the order of slots, then what is earned.
 */
export function deliver(standing: Standing, toSlot: number, rule: DeliveryRule = 'retained'): Settlement {
  const { bidId, operatorId: operator, bidderId: bidder } = standing;
  const slots = [...standing.planned].sort(([a], [b]) => a - b);
  const ran = slots.filter(([slot]) => slot < toSlot);
  const last = ran.at(-1);
  if (last === undefined) return { standing, movements: [] };
  const kind = rule === 'captured' ? 'capture' : 'retain';
  const ends = waysEnds(kind, { bidder, operator });
  const movements = ran.flatMap(([slot, amount]): Movement[] => (amount > 0n ? [{ kind, bidId, slot, ...ends, amount }] : []));
  const kept = rule === 'captured' ? 0n : sumOf(ran.map(([, amount]) => amount));
  const after = { ...standing, planned: new Map(slots.slice(ran.length)), retained: micros(standing.retained + kept) };
  if (after.planned.size > 0 || after.retained === 0n) return { standing: after, movements };
  const earned: Movement = { kind: 'earn', bidId, slot: last[0], ...waysEnds('earn', { operator }), amount: after.retained };
  return { standing: { ...after, retained: micros(0n) }, movements: [...movements, earned] };
}

/** What comes back of a sale, and what its slots cost from then on. */
export interface Replanning {
  /** The slots that are still to run; none: nothing of it will. */
  readonly slots: readonly number[];
  /** What goes back to the bidder: no more than is owed; all that is owed where nothing is to run. */
  readonly returned: Micros;
  /** Where the clock stands. */
  readonly slot: number;
}

/**
 * What moves when a sale is to run otherwise than it was sold, or not at all: what comes back is taken from escrow, and from what is retained where escrow
 * does not do. What is left in escrow is spread evenly over the slots that are still to run, what cannot be divided on the last one.
 */
export function replan(standing: Standing, { slots, returned, slot }: Replanning): Settlement {
  const { bidId, bidderId: bidder, operatorId: operator, planned, retained } = standing;
  const held = sumOf(planned.values());
  invariant(returned >= 0n && returned <= held + retained, 'no more comes back than is owed');
  invariant(slots.length > 0 || returned === held + retained, 'of what will not run all comes back');
  const fromEscrow = returned < held ? returned : held;
  const fromRetained = returned - fromEscrow;
  const movement = (kind: 'void' | 'refund', amount: bigint): Movement[] =>
    amount > 0n ? [{ kind, bidId, slot, ...waysEnds(kind, { bidder, operator }), amount: micros(amount) }] : [];
  return {
    standing: { ...standing, planned: spread(held - fromEscrow, slots), retained: micros(retained - fromRetained) },
    movements: [...movement('void', fromEscrow), ...movement('refund', fromRetained)],
  };
}

/** How a sale is ended before its time by its bidder. */
export interface Cancelling {
  /** What goes back to the bidder: no more than is owed. */
  readonly returned: Micros;
  /** Where the clock stands. */
  readonly slot: number;
}

/**
 * What moves when a bidder gives a sale back: what comes back is taken from escrow, and from what is retained where escrow does not do; all the rest
 * is earned. Nothing is owed of the sale then.
 */
export function cancelSale(standing: Standing, { returned, slot }: Cancelling): Settlement {
  const { bidId, bidderId: bidder, operatorId: operator, planned, retained } = standing;
  const held = sumOf(planned.values());
  invariant(returned >= 0n && returned <= held + retained, 'no more comes back than is owed');
  const fromEscrow = returned < held ? returned : held;
  const fromRetained = returned - fromEscrow;
  const movement = (kind: 'void' | 'refund' | 'retain' | 'earn', amount: bigint): Movement[] =>
    amount > 0n ? [{ kind, bidId, slot, ...waysEnds(kind, { bidder, operator }), amount: micros(amount) }] : [];
  return {
    standing: { ...standing, planned: new Map(), retained: micros(0n) },
    movements: [
      ...movement('void', fromEscrow),
      ...movement('refund', fromRetained),
      ...movement('retain', held - fromEscrow),
      ...movement('earn', held + retained - returned),
    ],
  };
}

function spread(amount: bigint, slots: readonly number[]): Map<number, Micros> {
  const share = slots.length === 0 ? 0n : amount / BigInt(slots.length);
  const rest = amount - share * BigInt(slots.length);
  return new Map(slots.map((slot, index) => [slot, micros(index === slots.length - 1 ? share + rest : share)]));
}

function sumOf(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** A movement as a transfer, between accounts that `idOf` finds by owner and kind. */
export function transferOf(movement: Movement, idOf: (ownerId: bigint, kind: AccountKind) => bigint): Transfer {
  const { kind, bidId, slot, from, to, amount } = movement;
  const ends = { debitId: idOf(from.ownerId, from.kind), creditId: idOf(to.ownerId, to.kind), amount, bidId };
  if (kind === 'hold') return { kind, ...ends };
  invariant(slot !== null, 'what ends names a slot');
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
