import { EVENT_TYPES, type LogEvent, marketTerms, payloadJson } from '#log';
import { createHash } from 'node:crypto';
import { createPrng } from '#lab';
import { type NewBid, newestTerms } from '#market';
import { paperRule } from '#mechanism';
import { micros } from '#units';
import type { Pool } from 'pg';

/** A market with an operator, and bidders with money, put straight into the database. */
export interface SeededMarket {
  readonly marketId: bigint;
  readonly operatorId: bigint;
  readonly siteIds: readonly string[];
  readonly bidderIds: readonly bigint[];
}

export interface SeedOptions {
  /** The operator's name; no two may share one. */
  readonly operator?: string;
  readonly siteCount?: number;
  readonly bidderCount?: number;
  /** What each bidder's wallet holds, micro-credits. */
  readonly fundsMicros?: bigint;
  readonly clock?: 'manual' | 'realtime';
  readonly horizonSlots?: number;
  readonly openedAt?: Date;
  /** The least price of a unit, micro-credits. */
  readonly reserveMicros?: bigint;
}

const RICH_MICROS = 10n ** 15n;

/** The paper's testbed: 9 sites of 1 GPU, 12 CPU and 16 GB, 50 slots of 20 minutes, 20 GB per slot, chunks of 2 MB. */
export async function seedMarket(pool: Pool, options: SeedOptions = {}): Promise<SeededMarket> {
  const {
    operator = 'operator',
    siteCount = 9,
    bidderCount = 2,
    fundsMicros = RICH_MICROS,
    clock = 'manual',
    horizonSlots = 50,
    openedAt = new Date(0),
    reserveMicros = 0n,
  } = options;
  const operatorId = await seedOrganisation(pool, null, operator);
  const terms = newestTerms(paperRule(['gpu', 'cpu', 'memoryGB'], 1000, { unit: micros(1_000_000n), reserve: micros(reserveMicros) }));
  const market = await pool.query<{ id: bigint }>(
    `INSERT INTO market (organisation_id, name, clock, slot_minutes, horizon_slots, chunk_kb, bandwidth_kb, resources, terms, opened_at, sequence)
     VALUES ($1, 'testbed', $2::market_clock, 20, $3, 2000, 20480000, '{gpu,cpu,memoryGB}', $4, $5, 1) RETURNING id`,
    [operatorId, clock, horizonSlots, marketTerms.write(terms), openedAt],
  );
  const marketId = market.rows[0].id;
  await appendEntry(pool, marketId, 1n, { kind: 'market_opened', payload: { name: 'testbed', clock, terms } });
  const sites = await pool.query<{ id: bigint }>(
    `INSERT INTO site (market_id, ordinal, name, capacity_milli) SELECT $1, o, 'site-' || o, '{1000,12000,16000}' FROM generate_series(0, $2::int - 1) AS o RETURNING id`,
    [marketId, siteCount],
  );
  const bidderIds: bigint[] = [];
  for (let index = 0; index < bidderCount; index++) bidderIds.push(await seedBidder(pool, operatorId, index, fundsMicros));
  return { marketId, operatorId, siteIds: sites.rows.map((row) => row.id.toString()), bidderIds };
}

/** An entry of a market's log, which its writer has counted already. */
export async function appendEntry(pool: Pool, marketId: bigint, sequence: bigint, event: LogEvent): Promise<void> {
  const { version } = EVENT_TYPES[event.kind];
  await pool.query(
    `SELECT append_entries(ARRAY[$1]::bigint[], ARRAY[$2]::bigint[], ARRAY[$3], ARRAY[$4]::smallint[], ARRAY[NULL]::bigint[], ARRAY[$5]::json[], NULL)`,
    [marketId, sequence, event.kind, version, JSON.stringify(payloadJson(event))],
  );
}

/** Another market of the same operator with the same terms, sites and bidders. */
export async function addTwin(pool: Pool, market: SeededMarket, name: string): Promise<SeededMarket> {
  const columns = `clock, slot_minutes, horizon_slots, chunk_kb, bandwidth_kb, resources, terms, sequence`;
  const { rows } = await pool.query<{ id: bigint; terms: unknown }>(
    `INSERT INTO market (organisation_id, name, ${columns}) SELECT organisation_id, $2, ${columns} FROM market WHERE id = $1 RETURNING id, terms`,
    [market.marketId, name],
  );
  const marketId = rows[0].id;
  await appendEntry(pool, marketId, 1n, {
    kind: 'market_opened',
    payload: { name, clock: 'manual', terms: marketTerms.read(rows[0].terms, 'terms') },
  });
  const sites = await pool.query<{ id: bigint }>(
    `INSERT INTO site (market_id, ordinal, name, capacity_milli) SELECT $1, ordinal, name, capacity_milli FROM site WHERE market_id = $2 ORDER BY ordinal RETURNING id`,
    [marketId, market.marketId],
  );
  return { ...market, marketId, siteIds: sites.rows.map(({ id }) => id.toString()) };
}

async function seedBidder(pool: Pool, operatorId: bigint, index: number, fundsMicros: bigint): Promise<bigint> {
  const bidderId = await seedOrganisation(pool, operatorId, `bidder-${index}`);
  await pool.query(
    `INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros)
     SELECT 'deposit', f.id, w.id, $3::bigint FROM account f, account w
     WHERE f.organisation_id = $1 AND f.kind = 'funding' AND w.organisation_id = $2 AND w.kind = 'wallet' AND $3::bigint > 0`,
    [operatorId, bidderId, fundsMicros],
  );
  return bidderId;
}

async function seedOrganisation(pool: Pool, parentId: bigint | null, name: string): Promise<bigint> {
  const { rows } = await pool.query<{ id: bigint }>(
    `WITH o AS (INSERT INTO organisation (parent_id, name) VALUES ($1, $2) RETURNING id), a AS (
       INSERT INTO account (organisation_id, kind) SELECT o.id, k::account_kind FROM o, unnest('{funding,wallet,escrow,retained,revenue}'::text[]) AS k)
     SELECT id FROM o`,
    [parentId, name],
  );
  return rows[0].id;
}

/** Bids like those of the paper's Table II, always the same for a seed; the bidders take turns. */
export function workload(market: SeededMarket, count: number, seed: number, keyPrefix = 'bid'): NewBid[] {
  const random = createPrng(seed);
  return Array.from({ length: count }, (_, index) => {
    const chunks: Record<string, number> = {};
    for (let left = random.between(27, 150); left > 0; left--) {
      const site = random.pick(market.siteIds);
      chunks[site] = (chunks[site] ?? 0) + 1;
    }
    const body = {
      valuation: { kind: 'sigmoid', scale: 3000, tau: 1 + random.below(1000) / 1000, width: 3 },
      chunks,
      epochs: 20,
      throughput: 2 * random.between(10, 15),
      parameterMB: random.between(26, 238),
      worker: { gpu: random.between(0, 1), cpu: random.between(1, 3), memoryGB: random.between(2, 6) },
      ps: { cpu: random.between(1, 3), memoryGB: random.between(2, 6) },
    };
    return newBid(market, market.bidderIds[index % market.bidderIds.length], `${keyPrefix}-${index}`, body);
  });
}

/** A bid ready to be accepted. */
export function newBid(market: SeededMarket, organisationId: bigint, idempotencyKey: string, body: object): NewBid {
  const text = JSON.stringify(body);
  return {
    marketId: market.marketId,
    organisationId,
    idempotencyKey,
    requestHash: createHash('sha256').update(text).digest(),
    label: null,
    body: text,
  };
}

/** A small job that fits an empty testbed, worth so many credits if it is done at once. */
export function smallJob(market: SeededMarket, value: number): object {
  return {
    valuation: { kind: 'deadline', value, deadline: 1000 },
    chunks: { [market.siteIds[0]]: 10 },
    epochs: 20,
    throughput: 24,
    parameterMB: 97.4,
    worker: { gpu: 1, cpu: 2, memoryGB: 4 },
    ps: { cpu: 1, memoryGB: 2 },
  };
}
