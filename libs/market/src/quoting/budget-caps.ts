import type { BudgetCap } from '#log';
import type { Micros } from '#units';
import type { OpenBook } from '../book/index.js';
import { type BudgetsSeen, BudgetTracker, periodText } from '../budgets/index.js';
import { atOnce } from '../thinking/in-turn.js';
import type { QuoteWays } from './on-book.js';

/** A bid whose budgets are asked for: one that was placed, or one that its bidder thinks about. */
export interface AskedOfBudgets {
  readonly marketId: bigint;
  readonly organisationId: bigint;
  /** The operator's family that whoever asks belongs to. */
  readonly tenantId?: bigint | undefined;
  /** Of one that was placed. */
  readonly bidId?: bigint | undefined;
  /** With which key it would be placed. */
  readonly keyId?: bigint | undefined;
}

/** A budget with what it has left of a period, as it is told. */
export interface ToldBudget {
  readonly name: string;
  /** 2026-11-29, 2026-11 or all. */
  readonly period: string;
  /** The slots of the period that are on sale; `to` is the first after them. */
  readonly from: number;
  readonly to: number;
  readonly left: Micros;
}

/** Of a bid that was not placed. */
const NONE_YET = 0n;

/** The budgets that may count a bid, read when it is the turn of whoever asks; undefined where nobody reads budgets. */
export function seenBudgets(
  { budgets, reads = atOnce }: Pick<QuoteWays, 'budgets' | 'reads'>,
  { marketId, organisationId, tenantId = organisationId, bidId }: AskedOfBudgets,
): Promise<BudgetsSeen | undefined> {
  if (!budgets) return Promise.resolve(undefined);
  const asked = { organisationIds: [organisationId], marketIds: [marketId], bidIds: bidId === undefined ? [] : [bidId] };
  return reads({ organisationId, tenantId }, () => budgets.readBudgets(asked));
}

/** What budgets leave to a bid on a market as it stands; undefined where none counts it. */
export function capsOn(
  seen: BudgetsSeen | undefined,
  { state }: OpenBook,
  { organisationId, bidId = NONE_YET, keyId, body }: AskedOfBudgets & { readonly body: { readonly label?: string | undefined } },
): readonly BudgetCap[] | undefined {
  if (!seen || seen.budgets.length === 0) return undefined;
  const keys = keyId === undefined ? seen.keys : [{ bidId, keyId }];
  return new BudgetTracker({ ...seen, keys }).capsOf({ bidId, organisationId, body }, state);
}

/** A cap of a budget in the words of its owner. */
export function toldBudget(seen: BudgetsSeen | undefined, { budgetId, name, period, from, to, leftMicros }: BudgetCap): ToldBudget {
  const per = seen?.budgets.find((budget) => budget.budgetId === budgetId)?.per ?? 'all';
  return { name, period: periodText(per, period), from, to, left: leftMicros };
}
