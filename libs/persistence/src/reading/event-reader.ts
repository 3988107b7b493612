import { eventIn, kindsFor } from '#log';
import { type EventPage, type EventReader, type EventRecord, seesAll } from '#market';
import type { Pool } from 'pg';
import { at, lastOf } from '#units';
import { columnsOf, textList } from '../hot/columns.js';
import { StatementBatcher } from '../postgres/statement-batcher.js';
import { IS_MEMBER } from '../tenancy/membership.js';

/** What is told to whoever does not see all: by the audiences of the table of events, whatever else the entry says. */
const TOLD = `kind IN (${textList(kindsFor('members'))}) OR (kind IN (${textList(kindsFor('owner'))}) AND organisation_id = s.organisation_id)`;

/**
 * page-events: pages of markets' logs, with how far each log reached at that moment.
 * Input:  organisations, whether each oversees its markets, markets, sequences to go on after; limit of each page.
 * Output: per page that there is, its place in the input, the market's sequence, and the events, ascending; no row: the organisation sees no such
 *         market.
 * Events: none.
 * Retry:  safe; it reads.
 */
const PAGES = `
  WITH seen AS (
    SELECT a.place, a.after, a.organisation_id, m.id, m.sequence, m.organisation_id = a.organisation_id AND a.oversees AS all_events
    FROM unnest($1::bigint[], $2::boolean[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS a(organisation_id, oversees, market_id, after, place)
    JOIN organisation o ON o.id = a.organisation_id JOIN market m ON m.id = a.market_id AND ${IS_MEMBER}
  )
  SELECT s.place::int - 1 AS place, s.sequence AS head, e.sequence, e.kind, e.version, e.payload, e.at FROM seen s LEFT JOIN LATERAL (
    SELECT * FROM event
    WHERE market_id = s.id AND sequence > s.after AND (s.all_events OR ${TOLD})
    ORDER BY sequence LIMIT $5
  ) e ON true ORDER BY s.place, e.sequence`;

type PageRequest = Parameters<EventReader['page']>;

interface Row {
  readonly place: number;
  readonly head: bigint;
  readonly sequence: bigint | null;
  readonly kind: string;
  readonly version: number;
  readonly payload: unknown;
  readonly at: Date;
}

/** Pages that one statement reads: when a turn is announced, the streams of all its markets go on in the same moment. */
const PAGES_MAX = 64;

/** The log as the API streams it, over a pool. */
export function createEventReader(pool: Pool): EventReader {
  const together = new StatementBatcher<PageRequest, EventPage | undefined>((requests) => pages(pool, requests), PAGES_MAX);
  return { page: (...request) => together.ask(request) };
}

async function pages(pool: Pool, requests: readonly PageRequest[]): Promise<(EventPage | undefined)[]> {
  const columns = columnsOf(
    requests,
    ([viewer]) => viewer.organisationId,
    ([viewer]) => seesAll(viewer),
    ([, marketId]) => marketId,
    ([, , { after }]) => after,
  );
  const limit = Math.max(...requests.map(([, , page]) => page.limit));
  const { rows } = await pool.query<Row>({ name: 'page-events', text: PAGES, values: [...columns, limit] });
  const found = requests.map((): Row[] => []);
  for (const row of rows) at(found, row.place).push(row);
  return requests.map(([, , page], index) => pageOf(at(found, index), page));
}

function pageOf(rows: readonly Row[], { after, limit }: PageRequest[2]): EventPage | undefined {
  if (rows.length === 0) return undefined;
  const events: EventRecord[] = [];
  for (const { sequence, kind, version, payload, at } of rows) {
    if (sequence === null || events.length === limit) break;
    events.push({ sequence, event: eventIn({ kind, version, payload }), at });
  }
  const head = at(rows, 0).head > after ? at(rows, 0).head : after;
  return { events, upTo: events.length < limit ? head : lastOf(events).sequence };
}
