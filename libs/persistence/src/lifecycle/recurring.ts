import { type OccurrenceWindow, type RecurringReader, type RecurringRecord, type RecurringTx, type UnitOfWork } from '#market';
import { invariant } from '#units';
import type { Pool } from 'pg';
import { marketsTx } from '../catalogue/markets.js';
import { sitesTx } from '../catalogue/sites.js';
import { coldWork, type PrismaTx } from '../cold-work.js';
import type { MarketWindow, RecurringWindow } from '../prisma/generated/client.js';
import { windowsTx } from './windows.js';

/** Recurring maintenance in Postgres. */
export const createRecurringWork = (base: UnitOfWork<PrismaTx>): UnitOfWork<RecurringTx> =>
  coldWork(base, (db) => ({ ...marketsTx(db), ...sitesTx(db), ...windowsTx(db), ...recurringTx(db) }));

type OwnTx = Pick<
  RecurringTx,
  'countRecurring' | 'insertRecurring' | 'findRecurring' | 'listOccurrences' | 'setOpenedSlot' | 'setSkipped' | 'endRecurring'
>;

function recurringTx(db: PrismaTx): OwnTx {
  const change = async (id: bigint, data: Partial<Pick<RecurringWindow, 'openedSlot' | 'skipped'>>): Promise<void> =>
    void (await db.recurringWindow.update({ where: { id }, data, select: { id: true } }));
  return {
    countRecurring: (marketId) => db.recurringWindow.count({ where: { marketId, endedAt: null } }),
    insertRecurring: async ({ start, amounts, ...rest }) =>
      recordOf(await db.recurringWindow.create({ data: { ...rest, startsAt: start, ...(amounts && { amounts }), skipped: [] } })),
    findRecurring: async (marketId, id) => {
      const found = await db.recurringWindow.findFirst({ where: { id, marketId } });
      return found ? recordOf(found) : undefined;
    },
    listOccurrences: async (recurringId, fromSlot) => {
      const found = await db.marketWindow.findMany({ where: { recurringId, toSlot: { gt: fromSlot } }, orderBy: { occursAt: 'asc' } });
      return found.map(windowOf);
    },
    setOpenedSlot: (id, openedSlot) => change(id, { openedSlot }),
    setSkipped: (id, skippedMs) => change(id, { skipped: skippedMs.map((ms) => new Date(ms)) }),
    endRecurring: (id) => end(db, id),
  };
}

/** end-recurring: it ends now. Input: recurring maintenance. Output: none. Events: none. Retry: safe; one that has ended stays. */
async function end(db: PrismaTx, id: bigint): Promise<void> {
  await db.$executeRaw`UPDATE recurring_window SET ended_at = now() WHERE id = ${id} AND ended_at IS NULL`;
}

const recordOf = ({ id, startsAt, skipped, amounts, ...rest }: RecurringWindow): RecurringRecord => ({
  ...rest,
  recurringId: id,
  start: startsAt,
  amounts: amounts as RecurringRecord['amounts'],
  skippedMs: skipped.map((each) => each.getTime()),
});

const windowOf = ({
  id,
  recurringId,
  occursAt,
  fromSlot,
  toSlot,
  closedSlot,
}: Pick<MarketWindow, 'id' | 'recurringId' | 'occursAt' | 'fromSlot' | 'toSlot' | 'closedSlot'>): OccurrenceWindow => {
  invariant(recurringId !== null && occursAt !== null && toSlot !== null, 'an occurrence has an end');
  return { recurringId, occursMs: occursAt.getTime(), windowId: id, from: fromSlot, to: toSlot, closedAt: closedSlot };
};

/** recurring-due: see `RecurringReader.due`. Input: horizons. Output: rows by id. Events: none. Retry: safe; it reads. */
const DUE = `
  SELECT r.id AS "recurringId", r.market_id AS "marketId", m.organisation_id AS "operatorId"
  FROM recurring_window r JOIN market m ON m.id = r.market_id
  WHERE r.ended_at IS NULL AND m.status <> 'closed' AND r.opened_slot < m.slot + $1::int * m.horizon_slots ORDER BY r.id`;

/** Recurring maintenance as it is read. */
export function createRecurringReader(pool: Pool, base: UnitOfWork<PrismaTx>): RecurringReader {
  return {
    list: (marketId, fromSlot, { afterId, limit }) =>
      base.read(async (db) => {
        const rows = await db.recurringWindow.findMany({ where: { marketId, id: { gt: afterId } }, orderBy: { id: 'asc' }, take: limit });
        const recurringId = { in: rows.map(({ id }) => id) };
        const windows = await db.marketWindow.findMany({ where: { recurringId, toSlot: { gt: fromSlot } }, orderBy: { occursAt: 'asc' } });
        return { rows: rows.map(recordOf), windows: windows.map(windowOf) };
      }),
    due: async (horizons) =>
      (await pool.query<Awaited<ReturnType<RecurringReader['due']>>[number]>({ name: 'recurring-due', text: DUE, values: [horizons] }))
        .rows,
  };
}
