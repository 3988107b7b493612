import type { BudgetsAsked, BudgetsReader, BudgetsSeen, Calendar, SeenBudget } from '#market';
import type { Pool } from 'pg';
import type { Queryable } from '../hot/state.js';

/**
 * read-budgets: what the budgets of some organisations hold in the periods that some markets still sell, with the keys of bids and the calendars of markets.
 * Input:  organisations, markets, bids. Output: one row, each as JSON.
 * Events: none.
 * Retry:  safe; it reads.
 */
const READ_BUDGETS = `
  WITH calendar AS MATERIALIZED (
    SELECT m.id, (extract(epoch FROM m.opened_at) * 1000)::bigint AS opened_ms, m.slot_minutes, m.opened_at + m.slot * m.slot_minutes * interval '1 minute' AS now
    FROM market m WHERE m.id = ANY($2::bigint[])
  ), first AS MATERIALIZED (
    SELECT floor(extract(epoch FROM min(now)) / 86400)::int AS day,
      (extract(year FROM min(now) AT TIME ZONE 'UTC') * 12 + extract(month FROM min(now) AT TIME ZONE 'UTC') - 1)::int AS month FROM calendar
  )
  SELECT
    (SELECT json_agg(json_build_object('marketId', id::text, 'openedMs', opened_ms, 'slotMinutes', slot_minutes)) FROM calendar) AS calendars,
    (SELECT json_agg(json_build_object('bidId', id::text, 'keyId', key_id::text)) FROM bid WHERE id = ANY($3::bigint[]) AND key_id IS NOT NULL) AS keys,
    (SELECT json_agg(json_build_object('budgetId', b.id::text, 'organisationId', b.organisation_id::text, 'name', b.name, 'scope', b.scope,
        'keyId', b.key_id::text, 'label', b.label, 'per', b.per, 'amount', b.amount_micros::text,
        'used', (SELECT coalesce(json_agg(json_build_object('period', p.period, 'used', p.used_micros::text)), '[]') FROM budget_period p, first
          WHERE p.budget_id = b.id AND p.period >= CASE b.per WHEN 'day' THEN first.day WHEN 'month' THEN first.month ELSE 0 END)) ORDER BY b.id)
      FROM budget b WHERE b.organisation_id = ANY($1::bigint[]) AND b.ended_at IS NULL) AS budgets`;

interface Row {
  readonly calendars: readonly (Omit<Calendar, 'marketId'> & { readonly marketId: string })[] | null;
  readonly keys: readonly { readonly bidId: string; readonly keyId: string }[] | null;
  readonly budgets:
    | readonly (Pick<SeenBudget, 'name' | 'scope' | 'label' | 'per'> & {
        readonly budgetId: string;
        readonly organisationId: string;
        readonly keyId: string | null;
        readonly amount: string;
        readonly used: readonly { readonly period: number; readonly used: string }[];
      })[]
    | null;
}

/** The budgets of some organisations, as of one moment. */
export async function readBudgets(queryable: Queryable, { organisationIds, marketIds, bidIds }: BudgetsAsked): Promise<BudgetsSeen> {
  const values = [organisationIds, marketIds, bidIds];
  const [row] = (await queryable.query<Row>({ name: 'read-budgets', text: READ_BUDGETS, values })).rows;
  return {
    calendars: (row?.calendars ?? []).map((calendar) => ({ ...calendar, marketId: BigInt(calendar.marketId) })),
    keys: (row?.keys ?? []).map(({ bidId, keyId }) => ({ bidId: BigInt(bidId), keyId: BigInt(keyId) })),
    budgets: (row?.budgets ?? []).map(({ budgetId, organisationId, keyId, amount, used, ...terms }) => ({
      ...terms,
      budgetId: BigInt(budgetId),
      organisationId: BigInt(organisationId),
      keyId: keyId === null ? null : BigInt(keyId),
      amountMicros: BigInt(amount),
      used: used.map((one) => ({ period: one.period, usedMicros: BigInt(one.used) })),
    })),
  };
}

/** Budgets as quotes and explanations read them, over a pool. */
export const createBudgetsReader = (pool: Pool): BudgetsReader => ({ readBudgets: (asked) => readBudgets(pool, asked) });
