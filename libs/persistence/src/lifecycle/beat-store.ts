import type { BeatStore, WatchedSite } from '#market';
import { at } from '#units';
import type { Pool } from 'pg';
import { EVERY_SECONDS, IS_SILENT, MISSED_MAX } from './heartbeat-terms.js';

/**
 * note-beat: a site was heard, by the database's clock. One that comes within half of the time after the last one changes nothing; one that comes after half as long
 * again begins anew.
 * Input:  site. Output: how many have come in time, and how the next ones are counted.
 * Events: none.
 * Retry:  safe; it comes too soon then.
 */
const BEAT = `
  WITH due AS MATERIALIZED (
    SELECT ${EVERY_SECONDS} AS every, ${MISSED_MAX} AS missed FROM site s JOIN market m ON m.id = s.market_id WHERE s.id = $1
  ), heard AS (
    INSERT INTO site_beat AS b (site_id, at, streak) VALUES ($1, now(), 1)
    ON CONFLICT (site_id) DO UPDATE SET at = now(),
        streak = CASE WHEN b.at > now() - 1.5 * (SELECT every FROM due) * interval '1 s' THEN least(b.streak + 1, 1000000) ELSE 1 END
      WHERE b.at <= now() - 0.5 * (SELECT every FROM due) * interval '1 s'
    RETURNING b.streak
  )
  SELECT coalesce((SELECT streak FROM heard), (SELECT streak FROM site_beat WHERE site_id = $1), 1) AS streak, due.every, due.missed FROM due`;

/**
 * watched-sites: sites that have been heard and whose agent has a key that is good, where they are silent or have an open window for it.
 * Input:  none. Output: sites by id.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WATCHED = `
  SELECT b.site_id, s.market_id, m.organisation_id, (extract(epoch FROM clock_timestamp() - b.at) * 1000)::float8 AS silent_ms, b.streak, w.id AS window_id,
    ${EVERY_SECONDS} AS every, ${MISSED_MAX} AS missed
  FROM site_beat b JOIN site s ON s.id = b.site_id JOIN market m ON m.id = s.market_id
  LEFT JOIN LATERAL (SELECT x.id FROM market_window x WHERE x.market_id = m.id AND x.site_id = s.id AND x.opened_by = 'heartbeats' AND x.to_slot IS NULL AND x.closed_slot IS NULL
    ORDER BY x.id DESC LIMIT 1) AS w ON true
  WHERE m.status <> 'closed' AND EXISTS (SELECT FROM api_key k WHERE k.site_id = s.id AND k.revoked_at IS NULL)
    AND (w.id IS NOT NULL OR ${IS_SILENT})
  ORDER BY b.site_id`;

interface DueRow {
  readonly streak: number;
  readonly every: number;
  readonly missed: number;
}

interface WatchedRow extends DueRow {
  readonly site_id: bigint;
  readonly market_id: bigint;
  readonly organisation_id: bigint;
  readonly silent_ms: number;
  readonly window_id: bigint | null;
}

/** Heartbeats of sites in Postgres, over a pool. */
export function createBeatStore(pool: Pool): BeatStore {
  return {
    beat: async (siteId) => {
      const { streak, ...row } = at((await pool.query<DueRow>({ name: 'note-beat', text: BEAT, values: [siteId] })).rows, 0);
      return { streak, ...termsOf(row) };
    },
    watched: async () => {
      const { rows } = await pool.query<WatchedRow>({ name: 'watched-sites', text: WATCHED });
      return rows.map((row): WatchedSite => ({
        siteId: row.site_id,
        marketId: row.market_id,
        operatorId: row.organisation_id,
        silentMs: row.silent_ms,
        streak: row.streak,
        heartbeats: termsOf(row),
        windowId: row.window_id,
      }));
    },
  };
}

const termsOf = ({ every, missed }: Pick<DueRow, 'every' | 'missed'>) => ({ everySeconds: every, missedMax: missed });
