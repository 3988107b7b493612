import type { SpendingCap } from '#mechanism';
import { amount, type Codec, fields, id, listOf, text, whole } from './codec.js';

/** What a budget left of a period as a bid was decided. */
export interface BudgetCap extends SpendingCap {
  readonly budgetId: bigint;
  /** The period's number: days or months (UTC) since 1970 or year 0; 0 of a budget for all time. */
  readonly period: number;
}

/** How what budgets left is kept with a decision: an input of it, as the funds of the wallet are. */
export const budgetCaps: Codec<readonly BudgetCap[]> = listOf(
  fields({ budgetId: id, period: whole, name: text, from: whole, to: whole, leftMicros: amount }),
);
