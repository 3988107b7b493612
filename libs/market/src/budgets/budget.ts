import type { BudgetCap } from '#log';
import { type PaymentLine, spentIn } from '#mechanism';

/** Over what a budget counts, by the slots that are bought: each day or month (UTC), or all of it. */
export type BudgetPer = 'day' | 'month' | 'all';
/** Whose bids it counts: all of its organisation's, those placed with one key, or those with one label. */
export type BudgetScope = 'organisation' | 'key' | 'label';

/** What a budget is, apart from what it holds. */
export interface BudgetTerms {
  readonly organisationId: bigint;
  readonly name: string;
  readonly scope: BudgetScope;
  /** Of the scope `key`. */
  readonly keyId: bigint | null;
  /** Of the scope `label`. */
  readonly label: string | null;
  readonly per: BudgetPer;
  readonly amountMicros: bigint;
}

/** What bids have taken of a budget in one period. */
export interface PeriodUse {
  readonly period: number;
  readonly usedMicros: bigint;
}

/** A budget as a batch sees it. */
export interface SeenBudget extends BudgetTerms {
  readonly budgetId: bigint;
  /** Periods of which anything is used. */
  readonly used: readonly PeriodUse[];
}

/** When the slots of a market are: slot 0 begins as the market is opened. */
export interface Calendar {
  readonly marketId: bigint;
  readonly openedMs: number;
  readonly slotMinutes: number;
}

/** What a bid has taken of a budget in a period; below zero: what was given back. */
export interface BudgetCharge {
  readonly budgetId: bigint;
  readonly period: number;
  readonly amountMicros: bigint;
}

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const MONTHS_PER_YEAR = 12;

/** The number of the period that a moment lies in: days since 1970, months since year 0, 0 of all time. */
export function periodOf(per: BudgetPer, ms: number): number {
  if (per === 'all') return 0;
  if (per === 'day') return Math.floor(ms / MS_PER_DAY);
  const date = new Date(ms);
  return date.getUTCFullYear() * MONTHS_PER_YEAR + date.getUTCMonth();
}

/** A period as people write it: 2026-11-29, 2026-11, all. */
export function periodText(per: BudgetPer, period: number): string {
  if (per === 'all') return 'all';
  if (per === 'day') return new Date(period * MS_PER_DAY).toISOString().slice(0, 10);
  return `${Math.floor(period / MONTHS_PER_YEAR)}-${String((period % MONTHS_PER_YEAR) + 1).padStart(2, '0')}`;
}

/** The slots of a period. */
export interface PeriodSlots {
  readonly period: number;
  readonly from: number;
  /** The slot after the last one. */
  readonly to: number;
}

/** The periods of slots `first` to `end - 1` of a market. A slot belongs to the period in which it begins. */
export function periodsIn(per: BudgetPer, { openedMs, slotMinutes }: Calendar, first: number, end: number): PeriodSlots[] {
  const periods: PeriodSlots[] = [];
  for (let slot = first; slot < end; slot++) {
    const period = periodOf(per, openedMs + slot * slotMinutes * MS_PER_MINUTE);
    const last = periods.at(-1);
    if (last?.period === period) periods[periods.length - 1] = { ...last, to: slot + 1 };
    else periods.push({ period, from: slot, to: slot + 1 });
  }
  return periods;
}

/** Whether a budget counts a bid. */
export function counts(
  { scope, keyId, label }: Pick<BudgetTerms, 'scope' | 'keyId' | 'label'>,
  bid: { readonly keyId: bigint | undefined; readonly label: string | undefined },
): boolean {
  if (scope === 'organisation') return true;
  return scope === 'key' ? bid.keyId === keyId : bid.label === label;
}

/** What an accepted bid takes of the budgets that count it. */
export function chargesOf(caps: readonly BudgetCap[], lines: readonly PaymentLine[]): BudgetCharge[] {
  return caps.flatMap(({ budgetId, period, ...cap }) => {
    const amountMicros = spentIn(cap, lines);
    return amountMicros > 0n ? [{ budgetId, period, amountMicros }] : [];
  });
}

/**
 * What budgets get back of what a bid has taken of them, where so much of its payment comes back: of each budget the latest periods first, since it is what has
 * not run that comes back. @returns charges below zero.
 */
export function givenBack(charges: readonly BudgetCharge[], returnedMicros: bigint): BudgetCharge[] {
  const left = new Map<bigint, bigint>();
  const latestFirst = [...charges].sort((a, b) => b.period - a.period);
  return latestFirst.flatMap(({ budgetId, period, amountMicros }) => {
    const rest = left.get(budgetId) ?? returnedMicros;
    const back = amountMicros < rest ? amountMicros : rest;
    left.set(budgetId, rest - back);
    return back > 0n ? [{ budgetId, period, amountMicros: -back }] : [];
  });
}

/** What charges and what was given back of them come to, by budget and period; those that come to nothing are left out. */
export function netCharges(charges: readonly BudgetCharge[]): BudgetCharge[] {
  const net = new Map<string, BudgetCharge>();
  for (const charge of charges) {
    const name = `${charge.budgetId} ${charge.period}`;
    net.set(name, { ...charge, amountMicros: (net.get(name)?.amountMicros ?? 0n) + charge.amountMicros });
  }
  return [...net.values()].filter(({ amountMicros }) => amountMicros !== 0n);
}
