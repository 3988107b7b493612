import type { BudgetEventRecord, BudgetPeriodRecord, BudgetRecord, BudgetsTx, UnitOfWork } from '#market';
import { coldWork, type PrismaTx } from '../cold-work.js';
import { keysTx } from '../tenancy/keys.js';
import { organisationsTx } from '../tenancy/organisations.js';

/** Budgets in Postgres. */
export const createBudgetsWork = (base: UnitOfWork<PrismaTx>): UnitOfWork<BudgetsTx> =>
  coldWork(base, (db) => ({ ...organisationsTx(db), ...keysTx(db), ...budgetsTx(db) }));

type OwnTx = Pick<BudgetsTx, 'lockBudgets' | 'listBudgets' | 'insertBudget' | 'setAmount' | 'endBudget'>;

const budgetsTx = (db: PrismaTx): OwnTx => ({
  lockBudgets: (organisationId) => lock(db, organisationId),
  listBudgets: (organisationId) => list(db, organisationId),
  insertBudget: async ({ organisationId, name, scope, keyId, label, per, amountMicros }) =>
    void (await db.budget.create({ data: { organisationId, name, scope, keyId, label, per, amountMicros }, select: { id: true } })),
  setAmount: async (id, amountMicros) => void (await db.budget.update({ where: { id }, data: { amountMicros }, select: { id: true } })),
  endBudget: (id) => end(db, id),
});

/**
 * lock-budgets: who takes of an organisation's budgets, or gives back to them, has locked its wallet.
 * Input:  organisation. Output: none.
 * Events: none.
 * Retry:  safe; the lock goes with the transaction.
 */
async function lock(db: PrismaTx, organisationId: bigint): Promise<void> {
  await db.$queryRaw`SELECT FROM account WHERE organisation_id = ${organisationId} AND kind = 'wallet' FOR NO KEY UPDATE`;
}

/** end-budget: it ends now. Input: budget. Output: none. Events: none. Retry: safe; one that has ended stays. */
async function end(db: PrismaTx, id: bigint): Promise<void> {
  await db.$executeRaw`UPDATE budget SET ended_at = now() WHERE id = ${id} AND ended_at IS NULL`;
}

/** Periods and events that are told of a budget, the latest ones. */
const PERIODS_MAX = 31;
const EVENTS_MAX = 30;

interface BudgetRow extends Omit<BudgetRecord, 'periods' | 'events'> {
  readonly periods: readonly { readonly period: number; readonly used: string; readonly reserved: string }[];
  readonly events: readonly (Pick<BudgetEventRecord, 'period' | 'share' | 'isReached'> & {
    readonly used: string;
    readonly amount: string;
    readonly at: string;
  })[];
}

/**
 * list-budgets: the budgets of an organisation with what they hold. What is reserved of a bid is what it has in escrow, of its latest periods.
 * Input:  organisation. Output: budgets by id, those that have not ended.
 * Events: none.
 * Retry:  safe; it reads.
 */
async function list(db: PrismaTx, organisationId: bigint): Promise<BudgetRecord[]> {
  const rows = await db.$queryRaw<BudgetRow[]>`
    WITH own AS MATERIALIZED (
      SELECT * FROM budget WHERE organisation_id = ${organisationId} AND ended_at IS NULL
    ), shown AS MATERIALIZED (
      SELECT p.* FROM own CROSS JOIN LATERAL (
        SELECT * FROM budget_period p WHERE p.budget_id = own.id AND p.used_micros > 0 ORDER BY p.period DESC LIMIT ${PERIODS_MAX}::int) AS p
    ), net AS MATERIALIZED (
      SELECT e.budget_id, e.period, e.bid_id, sum(e.amount_micros) AS amount
      FROM shown s JOIN budget_entry e ON e.budget_id = s.budget_id AND e.period = s.period
      GROUP BY e.budget_id, e.period, e.bid_id HAVING sum(e.amount_micros) > 0
    ), held AS MATERIALIZED (
      SELECT n.bid_id,
        (SELECT coalesce(sum(t.amount_micros), 0) FROM transfer t WHERE t.bid_id = n.bid_id AND t.kind = 'hold')
        - (SELECT coalesce(sum(t.amount_micros), 0) FROM transfer t WHERE t.bid_id = n.bid_id AND t.kind = 'retain')
        - (SELECT coalesce(sum(t.amount_micros), 0) FROM transfer t WHERE t.bid_id = n.bid_id AND t.kind = 'void') AS amount
      FROM (SELECT DISTINCT bid_id FROM net) AS n
    ), spread AS (
      SELECT n.budget_id, n.period, greatest(0, least(n.amount, h.amount - coalesce(
        sum(n.amount) OVER (PARTITION BY n.budget_id, n.bid_id ORDER BY n.period DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS reserved
      FROM net n JOIN held h USING (bid_id)
    )
    SELECT b.id AS "budgetId", b.organisation_id AS "organisationId", b.name, b.scope, b.key_id AS "keyId", b.label, b.per,
      b.amount_micros AS "amountMicros", b.created_at AS "createdAt",
      (SELECT coalesce(json_agg(json_build_object('period', s.period, 'used', s.used_micros::text, 'reserved', coalesce(
          (SELECT sum(x.reserved) FROM spread x WHERE x.budget_id = s.budget_id AND x.period = s.period), 0)::bigint::text) ORDER BY s.period DESC), '[]')
        FROM shown s WHERE s.budget_id = b.id) AS periods,
      (SELECT coalesce(json_agg(json_build_object('period', e.period, 'share', e.share, 'isReached', e.is_reached, 'used', e.used_micros::text,
          'amount', e.amount_micros::text, 'at', e.at) ORDER BY e.id DESC), '[]')
        FROM (SELECT * FROM budget_event WHERE budget_id = b.id ORDER BY id DESC LIMIT ${EVENTS_MAX}::int) AS e) AS events
    FROM own b ORDER BY b.id`;
  return rows.map(recordOf);
}

const recordOf = ({ periods, events, ...budget }: BudgetRow): BudgetRecord => ({
  ...budget,
  periods: periods.map(({ period, used, reserved }): BudgetPeriodRecord => ({
    period,
    usedMicros: BigInt(used),
    reservedMicros: BigInt(reserved),
  })),
  events: events.map(({ used, amount, at, ...event }): BudgetEventRecord => ({
    ...event,
    usedMicros: BigInt(used),
    amountMicros: BigInt(amount),
    at: new Date(at),
  })),
});
