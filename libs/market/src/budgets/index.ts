/** Budgets: what an organisation, a key or a label may spend, as a filter on the menu beside the wallet. */
export {
  type BudgetCharge,
  type BudgetPer,
  type BudgetScope,
  type BudgetTerms,
  type Calendar,
  chargesOf,
  givenBack,
  netCharges,
  periodText,
  type SeenBudget,
} from './budget.js';
export { BudgetTracker, type BudgetsSeen, type Spending } from './budget-tracker.js';
export {
  type BudgetsOutcome,
  EndBudget,
  type EndBudgetOutcome,
  FindBudget,
  type FindBudgetOutcome,
  ListBudgets,
  SetBudget,
  type SetBudgetOutcome,
  type SetBudgetRequest,
} from './budgets.js';
export type { BudgetEventRecord, BudgetPeriodRecord, BudgetRecord, BudgetsRequest, BudgetsTx } from './ports.js';
