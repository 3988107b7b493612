import { BEAT_MS, type BeatStore, type WatchedSite } from '#market';
import { at } from '#units';
import type { Pool } from 'pg';

/**
 * note-beat: a site was heard, by the database's clock. One that comes within half of the time after the last one changes nothing; one that comes after half as long
 * again begins anew.
 * Input:  site, how often they are expected (ms). Output: how many have come in time.
 * Events: none.
 * Retry:  safe; it comes too soon then.
 */
const BEAT = `
  WITH heard AS (
    INSERT INTO site_beat AS b (site_id, at, streak) VALUES ($1, now(), 1)
    ON CONFLICT (site_id) DO UPDATE SET at = now(), streak = CASE WHEN b.at > now() - 1.5 * $2 * interval '1 ms' THEN least(b.streak + 1, 1000000) ELSE 1 END
      WHERE b.at <= now() - 0.5 * $2 * interval '1 ms'
    RETURNING b.streak
  )
  SELECT coalesce((SELECT streak FROM heard), (SELECT streak FROM site_beat WHERE site_id = $1), 1) AS streak`;

/**
 * watched-sites: sites that have been heard and whose agent has a key that is good, where they are silent or have an open window for it.
 * Input:  how long is silent (ms). Output: sites by id.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WATCHED = `
  SELECT b.site_id, s.market_id, m.organisation_id, (extract(epoch FROM clock_timestamp() - b.at) * 1000)::float8 AS silent_ms, b.streak, w.id AS window_id
  FROM site_beat b JOIN site s ON s.id = b.site_id JOIN market m ON m.id = s.market_id
  LEFT JOIN LATERAL (SELECT x.id FROM market_window x WHERE x.market_id = m.id AND x.site_id = s.id AND x.opened_by = 'heartbeats' AND x.to_slot IS NULL AND x.closed_slot IS NULL
    ORDER BY x.id DESC LIMIT 1) AS w ON true
  WHERE m.status <> 'closed' AND EXISTS (SELECT FROM api_key k WHERE k.site_id = s.id AND k.revoked_at IS NULL)
    AND (w.id IS NOT NULL OR b.at < clock_timestamp() - $1 * interval '1 ms')
  ORDER BY b.site_id`;

interface WatchedRow {
  readonly site_id: bigint;
  readonly market_id: bigint;
  readonly organisation_id: bigint;
  readonly silent_ms: number;
  readonly streak: number;
  readonly window_id: bigint | null;
}

/** Heartbeats of sites in Postgres, over a pool. */
export function createBeatStore(pool: Pool): BeatStore {
  return {
    beat: async (siteId) =>
      at((await pool.query<{ streak: number }>({ name: 'note-beat', text: BEAT, values: [siteId, BEAT_MS] })).rows, 0).streak,
    watched: async (silentMs) => {
      const { rows } = await pool.query<WatchedRow>({ name: 'watched-sites', text: WATCHED, values: [silentMs] });
      return rows.map((row): WatchedSite => ({
        siteId: row.site_id,
        marketId: row.market_id,
        operatorId: row.organisation_id,
        silentMs: row.silent_ms,
        streak: row.streak,
        windowId: row.window_id,
      }));
    },
  };
}
