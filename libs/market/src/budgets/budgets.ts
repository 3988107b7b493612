import type { BodyFault } from '#kinds';
import { formatMicros } from '#units';
import { canAdminister } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { type BudgetTerms, periodText } from './budget.js';
import type { BudgetRecord, BudgetsRequest, BudgetsTx } from './ports.js';

/** Budgets of an organisation, at most: each is looked at for every bid of the organisation. */
export const BUDGETS_PER_ORGANISATION = 50;

/** A budget as somebody writes it. */
export interface SetBudgetRequest extends BudgetsRequest, Pick<BudgetTerms, 'name' | 'scope' | 'per' | 'amountMicros'> {
  readonly keyId?: bigint | undefined;
  readonly label?: string | undefined;
}

type Told = { readonly kind: 'not_found' } | { readonly kind: 'budget'; readonly budget: BudgetRecord };

/** In order of precedence. */
export type SetBudgetOutcome =
  | Told
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'too_many_budgets' }
  | { readonly kind: 'budget_reserved'; readonly detail: string };

/** Whether the organisation is the caller's or one that it oversees. */
async function isOpenTo(tx: BudgetsTx, { caller, organisationId }: BudgetsRequest): Promise<boolean> {
  const owner = (await tx.listWithChildren(caller.organisationId)).find((each) => each.organisationId === organisationId);
  return owner !== undefined && canAdminister(caller, owner);
}

const named = async (
  tx: BudgetsTx,
  { organisationId, name }: Pick<BudgetTerms, 'organisationId' | 'name'>,
): Promise<BudgetRecord | undefined> => (await tx.listBudgets(organisationId)).find((budget) => budget.name === name);

/** Makes a budget, or sets the amount of one that there is. It counts what is bought from then on. */
export class SetBudget {
  constructor(private readonly work: UnitOfWork<BudgetsTx>) {}

  run(request: SetBudgetRequest): Promise<SetBudgetOutcome> {
    return this.work.transaction(async (tx): Promise<SetBudgetOutcome> => {
      if (!(await isOpenTo(tx, request))) return { kind: 'not_found' };
      await tx.lockBudgets(request.organisationId);
      const all = await tx.listBudgets(request.organisationId);
      const budget = all.find(({ name }) => name === request.name);
      const faults = [...(await scopeFaults(tx, request)), ...(budget ? differences(budget, request) : [])];
      if (faults.length > 0) return { kind: 'faults', faults };
      if (!budget && all.length >= BUDGETS_PER_ORGANISATION) return { kind: 'too_many_budgets' };
      const detail = budget && belowReserved(budget, request.amountMicros);
      if (detail !== undefined) return { kind: 'budget_reserved', detail };
      if (!budget) await tx.insertBudget({ ...request, keyId: request.keyId ?? null, label: request.label ?? null });
      else if (budget.amountMicros !== request.amountMicros) await tx.setAmount(budget.budgetId, request.amountMicros);
      const told = await named(tx, request);
      return told ? { kind: 'budget', budget: told } : { kind: 'not_found' };
    });
  }
}

async function scopeFaults(tx: BudgetsTx, { scope, keyId, label, organisationId }: SetBudgetRequest): Promise<BodyFault[]> {
  const faults: BodyFault[] = [];
  const expect = (holds: boolean, path: string, message: string): void => void (holds || faults.push({ path, message }));
  if (scope === 'key') {
    const key = keyId === undefined ? undefined : await tx.findKey(keyId);
    expect(key?.organisationId === organisationId, '$.keyId', keyId === undefined ? 'is missing' : 'is not a key of this organisation');
  } else expect(keyId === undefined, '$.keyId', 'is for budgets of a key');
  if (scope === 'label') expect(label !== undefined, '$.label', 'is missing');
  else expect(label === undefined, '$.label', 'is for budgets of a label');
  return faults;
}

/** What a budget counts stays what it was made with. */
function differences(budget: BudgetRecord, { scope, keyId, label, per }: SetBudgetRequest): BodyFault[] {
  const wanted = { scope, keyId: keyId ?? null, label: label ?? null, per };
  const fields = ['scope', 'keyId', 'label', 'per'] as const;
  return fields
    .filter((field) => budget[field] !== wanted[field])
    .map((field) => ({ path: `$.${field}`, message: `is ${budget[field]} in this budget, and stays so: delete it and make it anew` }));
}

/** In words, where a period holds more than that, and some of it for slots to come. */
function belowReserved({ per, periods }: BudgetRecord, amountMicros: bigint): string | undefined {
  const over = periods.find(({ usedMicros, reservedMicros }) => reservedMicros > 0n && usedMicros > amountMicros);
  return (
    over &&
    `Of ${periodText(per, over.period)} it holds ${formatMicros(over.usedMicros)}, of which ${formatMicros(over.reservedMicros)} is reserved.`
  );
}

/** One budget. */
export type FindBudgetOutcome = Told;

/** Tells a budget with what it holds. */
export class FindBudget {
  constructor(private readonly work: UnitOfWork<BudgetsTx>) {}

  run(request: BudgetsRequest & { readonly name: string }): Promise<FindBudgetOutcome> {
    return this.work.read(async (tx) => {
      const budget = (await isOpenTo(tx, request)) ? await named(tx, request) : undefined;
      return budget ? { kind: 'budget', budget } : { kind: 'not_found' };
    });
  }
}

/** The budgets of an organisation. */
export type BudgetsOutcome = { readonly kind: 'not_found' } | { readonly kind: 'page'; readonly budgets: readonly BudgetRecord[] };

/** Tells the budgets of an organisation, all of them. */
export class ListBudgets {
  constructor(private readonly work: UnitOfWork<BudgetsTx>) {}

  run(request: BudgetsRequest): Promise<BudgetsOutcome> {
    return this.work.read(async (tx) => {
      if (!(await isOpenTo(tx, request))) return { kind: 'not_found' };
      return { kind: 'page', budgets: await tx.listBudgets(request.organisationId) };
    });
  }
}

/** What came of ending a budget. */
export type EndBudgetOutcome = { readonly kind: 'not_found' } | { readonly kind: 'ended' };

/** Ends a budget: from then on it keeps nobody from bidding. What it has counted stays where it is. */
export class EndBudget {
  constructor(private readonly work: UnitOfWork<BudgetsTx>) {}

  run(request: BudgetsRequest & { readonly name: string }): Promise<EndBudgetOutcome> {
    return this.work.transaction(async (tx) => {
      if (!(await isOpenTo(tx, request))) return { kind: 'not_found' };
      await tx.lockBudgets(request.organisationId);
      const budget = await named(tx, request);
      if (!budget) return { kind: 'not_found' };
      await tx.endBudget(budget.budgetId);
      return { kind: 'ended' };
    });
  }
}
