/** Budgets. */
export { createBudgetsWork } from './budgets-work.js';
