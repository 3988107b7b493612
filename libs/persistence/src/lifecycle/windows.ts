import type { UnitOfWork, WindowRecord, WindowsReader, WindowsTx } from '#market';
import type { Pool } from 'pg';
import { marketsTx } from '../catalogue/markets.js';
import { sitesTx } from '../catalogue/sites.js';
import { coldWork, type PrismaTx } from '../cold-work.js';
import { IS_MEMBER } from '../tenancy/membership.js';
import { readUsage, readWindows } from './capacities.js';

/** Windows in Postgres. */
export const createWindowsWork = (base: UnitOfWork<PrismaTx>): UnitOfWork<WindowsTx> =>
  coldWork(base, (db) => ({ ...marketsTx(db), ...sitesTx(db), ...windowsTx(db) }));

type OwnTx = Pick<WindowsTx, 'listWindows' | 'listUsage' | 'insertWindow' | 'findWindow' | 'closeWindow'>;

/** Windows over a transaction of Prisma's. */
export const windowsTx = (db: PrismaTx): OwnTx => ({
  listWindows: (marketId, fromSlot) => readWindows(db, marketId, { fromSlot }),
  listUsage: (marketId, fromSlot) => readUsage(db, marketId, fromSlot),
  insertWindow: async ({ capacity: { scope, amounts, from, to, taken }, occurrence, ...rest }) => {
    const which = occurrence && { recurringId: occurrence.recurringId, occursAt: new Date(occurrence.occursMs) };
    const { id, createdAt } = await db.marketWindow.create({
      data: { ...rest, ...which, scope, ...(amounts && { amounts }), fromSlot: from, toSlot: to, taken: [...taken] },
      select: { id: true, createdAt: true },
    });
    return { windowId: id, createdAt };
  },
  findWindow: async (marketId, windowId) => (await readWindows(db, marketId, { windowId })).at(0),
  closeWindow: async (id, closedSequence, closedSlot) =>
    void (await db.marketWindow.update({ where: { id }, data: { closedSequence, closedSlot }, select: { id: true } })),
});

/**
 * list-windows: windows of a market with what came of them: entries between the one that opened a window and the one that settled it are about its hits;
 * of windows that were opened together the first one's are all.
 * Input:  organisation, market, id to go on after, limit. Output: windows by id; one row without a window where there is none; no row: the organisation
 *         sees no such market.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST = windowsWhere('x.id > $3 ORDER BY x.id LIMIT $4');

/** list-outages: outages of a market with slots from one on, up to another. Input: organisation, market, slots. Output and the rest: as list-windows. */
const OUTAGES = windowsWhere(
  `x.kind = 'outage' AND x.from_slot <= $4 AND (x.to_slot IS NULL OR x.to_slot > $3) AND (x.closed_slot IS NULL OR x.closed_slot > $3)`,
);

function windowsWhere(which: string): string {
  return `
  SELECT w.*, w.kind::text AS kind, w.scope::text AS scope,
    CASE WHEN w.closed_slot = w.from_slot AND w.kind = 'maintenance' THEN 'cancelled' WHEN w.closed_slot IS NOT NULL OR w.to_slot <= m.slot THEN 'over'
      WHEN w.from_slot > m.slot THEN 'planned' ELSE 'active' END AS state,
    (SELECT count(*)::int FROM allocation_revision r WHERE ${during('r')}) AS repaired,
    (SELECT count(*)::int FROM allocation_end e WHERE ${during('e')} AND e.ending = 'cancelled') AS gone,
    (SELECT count(*)::int FROM allocation_end e WHERE ${during('e')} AND e.ending = 'failed') AS failed,
    (SELECT coalesce(sum(t.amount_micros), 0)::bigint FROM transfer t WHERE ${during('t')} AND t.kind IN ('void', 'refund')) AS returned
  FROM market m JOIN organisation o ON o.id = $1 AND ${IS_MEMBER}
  LEFT JOIN LATERAL (
    SELECT x.*, greatest(x.sequence, (SELECT max(v.settled_sequence) FROM market_window v WHERE v.market_id = m.id AND v.id < x.id)) AS began
    FROM market_window x WHERE x.market_id = m.id AND ${which}
  ) AS w ON true
  WHERE m.id = $2 ORDER BY w.id`;
}

function during(rows: string): string {
  return `${rows}.market_id = m.id AND ${rows}.sequence > w.began AND ${rows}.sequence < coalesce(w.settled_sequence, m.sequence + 1)`;
}

interface WindowRow {
  readonly id: bigint | null;
  readonly sequence: bigint;
  readonly kind: WindowRecord['kind'];
  readonly cause: WindowRecord['cause'];
  readonly scope: WindowRecord['scope'];
  readonly site_id: bigint | null;
  readonly amounts: WindowRecord['amounts'];
  readonly from_slot: number;
  readonly to_slot: number | null;
  readonly closed_slot: number | null;
  readonly settled_sequence: bigint | null;
  readonly note: string | null;
  readonly recurring_id: bigint | null;
  readonly state: WindowRecord['state'];
  readonly repaired: number;
  readonly gone: number;
  readonly failed: number;
  readonly returned: bigint;
  readonly created_at: Date;
}

/** Windows as the API shows them, over a pool. */
export function createWindowsReader(pool: Pool): WindowsReader {
  return {
    list: async (organisationId, marketId, { afterId, limit }) => {
      const { rows } = await pool.query<WindowRow>({
        name: 'list-windows',
        text: LIST,
        values: [organisationId, marketId, afterId, limit],
      });
      return rows.length === 0 ? undefined : rows.flatMap(recordOf);
    },
    outages: async (organisationId, marketId, from, to) => {
      const { rows } = await pool.query<WindowRow>({ name: 'list-outages', text: OUTAGES, values: [organisationId, marketId, from, to] });
      return rows.flatMap(recordOf);
    },
  };
}

function recordOf({ id, ...row }: WindowRow): WindowRecord[] {
  if (id === null) return [];
  const { sequence, kind, cause, scope, amounts, note, state, repaired, gone, failed } = row;
  return [
    {
      ...{ windowId: id, sequence, kind, cause, scope, amounts, note, state },
      siteId: row.site_id,
      recurringId: row.recurring_id,
      from: row.from_slot,
      to: row.to_slot,
      closedAt: row.closed_slot,
      isSettled: row.settled_sequence !== null,
      hits: { repaired, left: gone, failed },
      returnedMicros: row.returned,
      createdAt: row.created_at,
    },
  ];
}
