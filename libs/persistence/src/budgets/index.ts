/** Budgets. */
export { createBudgetsWork } from './budgets-work.js';
export { createBudgetsReader } from './read-budgets.js';
