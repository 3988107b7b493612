import type { EventReader, EventRecord } from '#market';
import type { Pool } from 'pg';
import { oversees } from './bid-reader.js';

/**
 * page-events: a page of a market's log, with how far the log reached at that moment.
 * Input:  organisation, whether it oversees its markets, market, sequence to go on after, limit.
 * Output: the market's sequence, and the events, ascending; no row: the organisation sees no such market.
 * Events: none.
 * Retry:  safe; it reads.
 */
const PAGE = `
  WITH seen AS (
    SELECT m.id, m.sequence, m.organisation_id = $1 AND $2 AS all_events
    FROM market m JOIN organisation o ON o.id = $1 WHERE m.id = $3 AND m.organisation_id IN (o.id, o.parent_id)
  )
  SELECT s.sequence AS head, e.sequence, e.kind, e.payload, e.at FROM seen s LEFT JOIN LATERAL (
    SELECT * FROM event WHERE market_id = s.id AND sequence > $4 AND (s.all_events OR organisation_id IS NULL OR organisation_id = $1)
    ORDER BY sequence LIMIT $5
  ) e ON true ORDER BY e.sequence`;

interface Row {
  readonly head: bigint;
  readonly sequence: bigint | null;
  readonly kind: string;
  readonly payload: unknown;
  readonly at: Date;
}

/** The log as the API streams it, over a pool. */
export function createEventReader(pool: Pool): EventReader {
  return {
    page: async (viewer, marketId, { after, limit }) => {
      const values = [viewer.organisationId, oversees(viewer), marketId, after, limit];
      const { rows } = await pool.query<Row>({ name: 'page-events', text: PAGE, values });
      if (rows.length === 0) return undefined;
      const events = rows.flatMap((row) => eventOf(row));
      const head = rows[0].head > after ? rows[0].head : after;
      return { events, upTo: events.length < limit ? head : events[events.length - 1].sequence };
    },
  };
}

const eventOf = ({ sequence, kind, payload, at }: Row): EventRecord[] => (sequence === null ? [] : [{ sequence, kind, payload, at }]);
