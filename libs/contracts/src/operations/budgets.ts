import { defineOperations, MEMBERS, SPENDERS } from '../operation.js';
import { budget, budgetBody, budgetPage, budgetsQuery } from '../schemas/budgets.js';

const tag = 'organisations';
const path = '/v1/organisations/{organisationId}/budgets';

/** Operations on budgets. */
export const budgetOperations = defineOperations({
  setBudget: {
    method: 'PUT',
    path: `${path}/{name}`,
    tag,
    summary: 'Make a budget, or set the amount of one that there is',
    description:
      'It counts what is bought from then on. Completions whose slots would take more of it than is left are left out of the menu, as those are that the wallet cannot pay. What it counts (`scope`, `keyId`, `label`, `per`) stays as it was made. A key that is not to change budgets gets scopes without `organisations:write`.',
    policy: SPENDERS,
    body: budgetBody,
    responses: { 200: { description: 'The budget', schema: budget } },
    problems: ['too_many_budgets', 'budget_reserved'],
  },
  getBudget: {
    method: 'GET',
    path: `${path}/{name}`,
    tag,
    summary: 'A budget with what is spent, reserved and left of it',
    policy: MEMBERS,
    responses: { 200: { description: 'The budget', schema: budget } },
  },
  listBudgets: {
    method: 'GET',
    path,
    tag,
    summary: 'The budgets of an organisation',
    policy: MEMBERS,
    query: budgetsQuery,
    responses: { 200: { description: 'All of them, in the order in which they were made', schema: budgetPage } },
  },
  deleteBudget: {
    method: 'DELETE',
    path: `${path}/{name}`,
    tag,
    summary: 'End a budget',
    description:
      'From then on it keeps nobody from buying. What it has counted is not told any more; another one of its name begins at nothing.',
    policy: SPENDERS,
    responses: { 204: { description: 'Ended' } },
  },
});
