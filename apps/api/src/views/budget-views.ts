import { type AnswerOf, type BodyOf, microsOf, type QueryOf } from '#contracts';
import { type BudgetRecord, type BudgetsOutcome, periodText, type SetBudgetRequest } from '#market';
import { formatMicros } from '#units';
import { cursorOf, rangeOf } from '../http/cursor.js';

/** A budget as its body says it. */
export const termsOf = ({
  amount,
  keyId,
  ...terms
}: BodyOf<'setBudget'>): Omit<SetBudgetRequest, 'caller' | 'organisationId' | 'name'> => ({
  ...terms,
  keyId: keyId === undefined ? undefined : BigInt(keyId),
  amountMicros: microsOf(amount),
});

/** A budget as the API tells it. */
export const budgetView = ({ budget }: { readonly budget: BudgetRecord }): AnswerOf<'getBudget'> => {
  const { name, organisationId, scope, keyId, label, per, amountMicros, createdAt, periods, events } = budget;
  return {
    name,
    organisationId: organisationId.toString(),
    scope,
    keyId: keyId === null ? null : keyId.toString(),
    label,
    per,
    amount: formatMicros(amountMicros),
    createdAt: createdAt.toISOString(),
    periods: periods.map(({ period, usedMicros, reservedMicros }) => ({
      period: periodText(per, period),
      spent: formatMicros(usedMicros - reservedMicros),
      reserved: formatMicros(reservedMicros),
      left: formatMicros(usedMicros < amountMicros ? amountMicros - usedMicros : 0n),
    })),
    events: events.map(({ at, period, share, isReached, usedMicros, amountMicros: amount }) => ({
      at: at.toISOString(),
      period: periodText(per, period),
      share,
      kind: isReached ? 'reached' : 'below',
      used: formatMicros(usedMicros),
      amount: formatMicros(amount),
    })),
  };
};

/** A page of budgets as the API tells it. */
export function budgetsView(
  { budgets }: Extract<BudgetsOutcome, { kind: 'page' }>,
  query: QueryOf<'listBudgets'>,
): AnswerOf<'listBudgets'> {
  const { afterId, limit } = rangeOf(query);
  const rest = budgets.filter(({ budgetId }) => budgetId > afterId);
  const items = rest.slice(0, limit);
  return {
    items: items.map((budget) => budgetView({ budget })),
    nextCursor: cursorOf(rest.length > limit ? (items.at(-1)?.budgetId ?? null) : null),
  };
}
