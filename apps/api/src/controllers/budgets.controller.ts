import type { AnswerOf } from '#contracts';
import { EndBudget, FindBudget, ListBudgets, SetBudget } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import { Serves } from '../http/serves.js';
import { budgetsView, budgetView, termsOf } from '../views/budget-views.js';

/** What organisations, keys and labels may spend. */
@Controller()
export class BudgetsController {
  constructor(
    private readonly setBudget: SetBudget,
    private readonly findBudget: FindBudget,
    private readonly listBudgets: ListBudgets,
    private readonly endBudget: EndBudget,
  ) {}

  @Serves('setBudget')
  set(@In() { caller, params, body }: Input<'setBudget'>): Promise<AnswerOf<'setBudget'>> {
    return answer(this.setBudget.run({ caller, ...params, ...termsOf(body) }), { budget: budgetView, faults: faultsProblem });
  }

  @Serves('getBudget')
  get(@In() { caller, params }: Input<'getBudget'>): Promise<AnswerOf<'getBudget'>> {
    return answer(this.findBudget.run({ caller, ...params }), { budget: budgetView });
  }

  @Serves('listBudgets')
  list(@In() { caller, params, query }: Input<'listBudgets'>): Promise<AnswerOf<'listBudgets'>> {
    return answer(this.listBudgets.run({ caller, ...params }), { page: (page) => budgetsView(page, query) });
  }

  @Serves('deleteBudget')
  end(@In() { caller, params }: Input<'deleteBudget'>): Promise<undefined> {
    return answer(this.endBudget.run({ caller, ...params }), { ended: () => undefined });
  }
}
