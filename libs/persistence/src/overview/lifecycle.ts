import { at } from '#units';
import type { Pool } from 'pg';
import { IS_SILENT } from '../lifecycle/heartbeat-terms.js';

/** What is off sale, late or retained. */
export interface LifecycleOverview {
  /** Outages that withdraw capacity now. */
  readonly outages: number;
  /** How long ago the oldest window was opened whose hits are not all dealt with, seconds; 0: none. */
  readonly unsettledSeconds: number;
  /** Slots by which the realtime market that is most behind is behind the time of day. */
  readonly slotsLate: number;
  readonly retainedMicros: bigint;
  /** Watched sites whose heartbeats are missed. */
  readonly silentSites: number;
}

/**
 * read-lifecycle-overview: what is off sale, late or retained.
 * Input:  none. Output: one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const OVERVIEW = `
  SELECT
    (SELECT count(*)::int FROM market_window w JOIN market m ON m.id = w.market_id WHERE w.kind = 'outage' AND m.status <> 'closed' AND w.from_slot <= m.slot
      AND (w.to_slot IS NULL OR w.to_slot > m.slot) AND w.closed_slot IS NULL) AS outages,
    (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - w.created_at)), 0)::float8 FROM market_window w WHERE w.settled_sequence IS NULL) AS unsettled,
    (SELECT greatest(coalesce(max(floor(extract(epoch FROM clock_timestamp() - m.opened_at) / (60 * m.slot_minutes)) - m.slot), 0), 0)::int
      FROM market m WHERE m.clock = 'realtime') AS late,
    (SELECT coalesce(sum(balance_micros), 0)::text FROM account WHERE kind = 'retained') AS retained,
    (SELECT count(*)::int FROM site_beat b JOIN site s ON s.id = b.site_id JOIN market m ON m.id = s.market_id
      WHERE m.status <> 'closed' AND ${IS_SILENT}
        AND EXISTS (SELECT FROM api_key k WHERE k.site_id = b.site_id AND k.revoked_at IS NULL)) AS silent`;

interface Row {
  readonly outages: number;
  readonly unsettled: number;
  readonly late: number;
  readonly retained: string;
  readonly silent: number;
}

/** Reads what is off sale, late or retained, as of one moment. */
export async function readLifecycleOverview(pool: Pool): Promise<LifecycleOverview> {
  const { rows } = await pool.query<Row>({ name: 'read-lifecycle-overview', text: OVERVIEW });
  const { outages, unsettled, late, retained, silent } = at(rows, 0);
  return { outages, unsettledSeconds: unsettled, slotsLate: late, retainedMicros: BigInt(retained), silentSites: silent };
}
