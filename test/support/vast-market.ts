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
  /** Fields of the market that differ from the testbed's. */
  readonly market?: object;
}

/** A market of many sites and slots, in which something different is sold of every slot: sites and sales are put straight into the database. */
export async function openVastMarket(
  { client, adminKey, database: { pool } }: RunningEris,
  { name, sites, slots, resources: resourceCount = 3, soldSlots = slots, market = {} }: VastOptions,
): Promise<Scene> {
  const resources = Array.from({ length: resourceCount }, (_, k) => `r${k}`);
  const gamma = Object.fromEntries(['bandwidth', ...resources].map((resource) => [resource, 1000.5]));
  const terms = { horizonSlots: slots, resources, prices: { gamma, unit: '1', reserve: '0.1' }, ...market };
  const scene = await setScene(client, adminKey, { name, sites: 0, market: terms });
  return { ...scene, siteIds: await addSites(pool, scene.marketId, { sites, resourceCount, slots: soldSlots }) };
}

/** Sites, and sales in so many slots. One entry of the log stands for all that is put there: a book from before it is built anew. */
async function addSites(
  pool: Pool,
  marketId: string,
  { sites, resourceCount, slots }: { sites: number; resourceCount: number; slots: number },
): Promise<string[]> {
  const capacity = Array.from({ length: resourceCount }, () => 64_000);
  const { rows } = await pool.query<{ id: bigint }>(
    `WITH logged AS (UPDATE market SET sequence = sequence + 1 WHERE id = $1 RETURNING id, sequence),
     told AS (INSERT INTO event (market_id, sequence, kind, payload) SELECT id, sequence, 'site_added', '{}' FROM logged)
     INSERT INTO site (market_id, ordinal, name, capacity_milli) SELECT $1, o, 'site-' || o, $3::bigint[] FROM generate_series(0, $2::int - 1) AS o
     RETURNING id`,
    [marketId, sites, capacity],
  );
  await pool.query(
    `INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
     SELECT m.id, s.at, ARRAY(SELECT (s.at::bigint * 7919 + cell * 104729) % 48000 FROM generate_series(1, 1 + $2::int) AS cell),
       ARRAY[m.bandwidth_kb] || ARRAY(SELECT 64000::bigint FROM generate_series(1, $2::int))
     FROM market m, generate_series(0, $3::int - 1) AS s(at) WHERE m.id = $1`,
    [marketId, sites * resourceCount, slots],
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
