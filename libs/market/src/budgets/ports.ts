import type { Caller, TenancyTx } from '../tenancy/index.js';
import type { BudgetTerms } from './budget.js';

/** What a budget holds of one period. */
export interface BudgetPeriodRecord {
  readonly period: number;
  /** What bids have taken: what is spent and what is reserved. */
  readonly usedMicros: bigint;
  /** Of that what their slots cost that have not run. */
  readonly reservedMicros: bigint;
}

/** A share of a budget that was reached, or is not any more. */
export interface BudgetEventRecord {
  readonly period: number;
  /** 50, 80 or 100, of a hundred. */
  readonly share: number;
  readonly isReached: boolean;
  readonly usedMicros: bigint;
  readonly amountMicros: bigint;
  readonly at: Date;
}

/** A budget with what it holds. */
export interface BudgetRecord extends BudgetTerms {
  readonly budgetId: bigint;
  readonly createdAt: Date;
  /** Periods of which anything was taken, the latest first; not all of a budget that is old. */
  readonly periods: readonly BudgetPeriodRecord[];
  /** The latest first. */
  readonly events: readonly BudgetEventRecord[];
}

/** What budgets do in the database. */
export interface BudgetsTx extends Pick<TenancyTx, 'listWithChildren' | 'findKey'> {
  /** Waits for whatever takes of an organisation's budgets or gives back to them; nothing does until the transaction ends. */
  lockBudgets(organisationId: bigint): Promise<void>;
  /** By id. */
  listBudgets(organisationId: bigint): Promise<readonly BudgetRecord[]>;
  insertBudget(terms: BudgetTerms): Promise<void>;
  /** Tells which shares are reached by that, or are not any more. */
  setAmount(budgetId: bigint, amountMicros: bigint): Promise<void>;
  endBudget(budgetId: bigint): Promise<void>;
}

/** Whose budgets somebody asks for. */
export interface BudgetsRequest {
  readonly caller: Caller;
  /** The caller's organisation or one that it made. */
  readonly organisationId: bigint;
}
