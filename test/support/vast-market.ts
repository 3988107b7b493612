import type { Pool } from 'pg';
import type { RunningEris } from './running-eris.js';
import { type Scene, setScene } from './scenes.js';

export interface VastOptions {
  readonly name: string;
  readonly sites: number;
  readonly slots: number;
  readonly resources?: number;
  /** Slots of which something is sold, from the first on; all where nothing is said. */
  readonly soldSlots?: number;
  /** What sites have and what is sold: something different in every slot, or exactly half of capacities that differ and are even. */
  readonly sold?: 'something' | 'halves';
  /** Fields of the market that differ from the testbed's. */
  readonly market?: object;
}

/** A market of many sites and slots, in which something different is sold of every slot: sites and sales are put straight into the database. */
export async function openVastMarket(
  { client, adminKey, database: { pool } }: RunningEris,
  { name, sites, slots, resources: resourceCount = 3, soldSlots = slots, sold = 'something', market = {} }: VastOptions,
): Promise<Scene> {
  const resources = Array.from({ length: resourceCount }, (_, k) => `r${k}`);
  const gamma = Object.fromEntries(['bandwidth', ...resources].map((resource) => [resource, 1000.5]));
  const terms = { horizonSlots: slots, resources, prices: { gamma, unit: '1', reserve: '0.1' }, ...market };
  const scene = await setScene(client, adminKey, { name, sites: 0, market: terms });
  return { ...scene, siteIds: await addSites(pool, scene.marketId, { sites, resourceCount, slots: soldSlots, sold }) };
}

/** Sites, and sales in so many slots. One entry of the log stands for all that is put there: a book from before it is built anew. */
async function addSites(
  pool: Pool,
  marketId: string,
  { sites, resourceCount, slots, sold }: { sites: number; resourceCount: number; slots: number; sold: 'something' | 'halves' },
): Promise<string[]> {
  const { rows } = await pool.query<{ id: bigint }>(
    `WITH logged AS (UPDATE market SET sequence = sequence + 1 WHERE id = $1 RETURNING id, sequence),
     told AS (INSERT INTO event (market_id, sequence, kind, version, payload)
       SELECT id, sequence, 'site_added', 1, '{"siteId":"1","name":"many","capacityMilli":{}}' FROM logged)
     INSERT INTO site (market_id, ordinal, name, capacity_milli)
     SELECT $1, o, 'site-' || o, ARRAY(SELECT 64000::bigint + $4 * (o * $3::int + k) FROM generate_series(0, $3::int - 1) AS k)
     FROM generate_series(0, $2::int - 1) AS o RETURNING id`,
    [marketId, sites, resourceCount, sold === 'halves' ? 2 : 0],
  );
  await pool.query(
    `WITH capacity AS (SELECT ARRAY[bandwidth_kb] || ARRAY(
         SELECT milli FROM site, unnest(capacity_milli) WITH ORDINALITY AS c(milli, k) WHERE market_id = $1 ORDER BY ordinal, k
       ) AS cells FROM market WHERE id = $1)
     INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
     SELECT $1, s.at, ARRAY(SELECT CASE WHEN $3 THEN all_of / 2 ELSE (s.at::bigint * 7919 + cell * 104729) % 48000 END
       FROM unnest(cells) WITH ORDINALITY AS c(all_of, cell) ORDER BY cell), cells
     FROM capacity, generate_series(0, $2::int - 1) AS s(at)`,
    [marketId, slots, sold === 'halves'],
  );
  return rows.map(({ id }) => id.toString());
}

/** A job of few chunks at one site of a vast market: cheap to ask for. */
export const chunkBody = ({ siteIds }: Scene, chunks = 1, site = 0): Record<string, unknown> => ({
  valuation: { kind: 'deadline', value: 1_000_000, deadline: 9_000 },
  chunks: { [siteIds[site]]: chunks },
  epochs: 3,
  throughput: 2,
  parameterMB: 1,
  worker: { r0: 2, r1: 2 },
  ps: { r0: 1 },
});
