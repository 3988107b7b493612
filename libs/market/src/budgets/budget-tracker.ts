import type { BudgetCap } from '#log';
import { invariant, micros } from '#units';
import { type BudgetCharge, type BudgetPer, type Calendar, counts, type PeriodSlots, periodsIn, type SeenBudget } from './budget.js';

/** Budgets of some bidders as of one moment, with what says which bids they count, and when. */
export interface BudgetsSeen {
  readonly budgets: readonly SeenBudget[];
  /** Of the markets that are decided. */
  readonly calendars: readonly Calendar[];
  /** With which key those bids were placed of which that is known. */
  readonly keys: readonly { readonly bidId: bigint; readonly keyId: bigint }[];
}

/** A bid that budgets may count. */
interface CountedBid {
  readonly bidId: bigint;
  readonly organisationId: bigint;
  readonly body: { readonly label?: string | undefined };
}

/** The slots that a market sells. */
interface Window {
  readonly head: { readonly marketId: bigint; readonly slot: number };
  readonly horizonSlots: number;
}

/** What budgets leave to bids, and what bids take of them. */
export interface Spending {
  /** What the budgets that count a bid leave of each period that the market sells; undefined where none does. */
  capsOf(bid: CountedBid, window: Window): readonly BudgetCap[] | undefined;
  /** A bid has taken that. */
  charged(charges: readonly BudgetCharge[]): void;
  /** That comes back of what bids had taken (below zero); what budgets had that have ended since counts for nothing. */
  returned(charges: readonly BudgetCharge[]): void;
}

interface Tracked extends SeenBudget {
  /** By period. */
  readonly taken: Map<number, bigint>;
}

/** What budgets held, less what the bids decided so far have taken. */
export class BudgetTracker implements Spending {
  private readonly byOwner = new Map<bigint, Tracked[]>();
  private readonly byId = new Map<bigint, Tracked>();
  private readonly keys: ReadonlyMap<bigint, bigint>;
  private readonly calendars: ReadonlyMap<bigint, Calendar>;
  private readonly periods = new Map<string, readonly PeriodSlots[]>();

  constructor({ budgets, calendars, keys }: BudgetsSeen) {
    this.keys = new Map(keys.map(({ bidId, keyId }) => [bidId, keyId]));
    this.calendars = new Map(calendars.map((calendar) => [calendar.marketId, calendar]));
    for (const budget of budgets) {
      const tracked = { ...budget, taken: new Map(budget.used.map(({ period, usedMicros }) => [period, usedMicros])) };
      this.byId.set(budget.budgetId, tracked);
      this.byOwner.set(budget.organisationId, [...(this.byOwner.get(budget.organisationId) ?? []), tracked]);
    }
  }

  capsOf({ bidId, organisationId, body }: CountedBid, window: Window): readonly BudgetCap[] | undefined {
    const own = this.byOwner.get(organisationId);
    if (!own) return undefined;
    const bid = { keyId: this.keys.get(bidId), label: body.label };
    const caps = own.filter((budget) => counts(budget, bid)).flatMap((budget) => this.capsIn(budget, window));
    return caps.length > 0 ? caps : undefined;
  }

  charged(charges: readonly BudgetCharge[]): void {
    for (const { budgetId, period, amountMicros } of charges) {
      const budget = this.byId.get(budgetId);
      invariant(budget !== undefined, 'what is charged was seen');
      budget.taken.set(period, (budget.taken.get(period) ?? 0n) + amountMicros);
    }
  }

  returned(charges: readonly BudgetCharge[]): void {
    this.charged(charges.filter(({ budgetId }) => this.byId.has(budgetId)));
  }

  private capsIn({ budgetId, name, per, amountMicros, taken }: Tracked, window: Window): BudgetCap[] {
    return this.periodsOf(per, window).map(({ period, from, to }) => {
      const left = amountMicros - (taken.get(period) ?? 0n);
      return { budgetId, period, name, from, to, leftMicros: micros(left > 0n ? left : 0n) };
    });
  }

  private periodsOf(per: BudgetPer, { head, horizonSlots }: Window): readonly PeriodSlots[] {
    const name = `${head.marketId} ${per}`;
    const known = this.periods.get(name);
    if (known) return known;
    const calendar = this.calendars.get(head.marketId);
    invariant(calendar !== undefined, 'budgets are read with the calendars of the markets that are decided');
    const periods = periodsIn(per, calendar, head.slot, head.slot + horizonSlots);
    this.periods.set(name, periods);
    return periods;
  }
}
