import { createPrng, type Prng } from '#lab';
import { createPool } from '#persistence';
import { Eris } from '#sdk';
import { operatorKeyOf, type Serving } from '../../apps/cli/src/index.js';

const SITES = 50;
const SLOTS = 150;
const RESOURCES = ['gpu', 'cpu', 'memoryGB'] as const;
const CAPACITY = { gpu: 1_000_000, cpu: 1_000_000, memoryGB: 1_000_000 };
const BIDDERS = 20;
/** One bid in so many is accepted, and takes something of so many slots. */
const ACCEPTED_EVERY = 8;
const SLOTS_A_BID = 12;
const ROWS_A_STATEMENT = 2_000;
const REASONS = ['no_feasible_schedule', 'price_above_value', 'insufficient_funds'] as const;

/** A market with a long log. */
export interface DashboardStage {
  readonly marketId: string;
  readonly operatorKey: string;
  readonly bidderIds: readonly string[];
  /** Entries of its log. */
  readonly entries: number;
}

/**
 * A market whose log holds so many decisions. They are made up, and written past the service: deciding as many bids of a market of this size would take
 * hours. Their rows are as the service writes them; the operator's sites and terms are the service's own.
 */
export async function openDashboardStage(serving: Serving, bids: number, seed: number): Promise<DashboardStage> {
  const admin = new Eris({ url: serving.url, key: operatorKeyOf(serving) });
  const { id: organisationId } = await admin.call('createOrganisation', { body: { name: 'dashboard' } });
  const { key: operatorKey } = await admin.call('createKey', { params: { organisationId }, body: { role: 'operator' } });
  const operator = new Eris({ url: serving.url, key: operatorKey });
  const gamma = { bandwidth: 1_000, gpu: 1_000, cpu: 1_000, memoryGB: 1_000 };
  const market = await operator.call('createMarket', {
    body: {
      name: 'dashboard',
      clock: 'manual',
      slotMinutes: 20,
      horizonSlots: SLOTS,
      chunkMB: 2,
      bandwidthMB: 100_000_000,
      resources: [...RESOURCES],
      prices: { gamma, unit: '1', reserve: '0.1' },
    },
  });
  const params = { marketId: market.id };
  for (let site = 1; site <= SITES; site++) await operator.call('addSite', { params, body: { name: `site-${site}`, capacity: CAPACITY } });
  const bidderIds: string[] = [];
  for (let bidder = 1; bidder <= BIDDERS; bidder++)
    bidderIds.push((await operator.call('createOrganisation', { body: { name: `bidder-${bidder}` } })).id);
  await operator.call('changeMarket', { params, body: { status: 'paused' } });
  const before = Number((await operator.call('getMarket', { params })).sequence);
  await writeDecisions(serving.databaseUrl, { marketId: market.id, bidderIds, before, bids, random: createPrng(seed) });
  return { marketId: market.id, operatorKey, bidderIds, entries: before + bids };
}

interface Writing {
  readonly marketId: string;
  readonly bidderIds: readonly string[];
  readonly before: number;
  readonly bids: number;
  readonly random: Prng;
}

/** Writes further decisions of a stage, as if its market went on deciding. */
export interface DecisionWriter {
  /** So many more, at once: told to those who follow the market. */
  append(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens it. The stage's log must grow by nothing else. */
export async function openDecisionWriter(
  databaseUrl: string,
  { marketId, bidderIds, entries }: DashboardStage,
  seed: number,
): Promise<DecisionWriter> {
  const pool = createPool(databaseUrl, { max: 1 });
  await pool.query(`SET session_replication_role = replica`);
  const random = createPrng(seed + 1);
  let written = entries;
  return {
    append: async (count) => {
      const writing = { marketId, bidderIds, before: 0, bids: 0, random };
      const rows = Array.from({ length: count }, (_, index) => ({
        ...madeUp(writing, written + index, new Map()),
        sequence: written + 1 + index,
        at: new Date(BEGIN_MS + (written + index) * BETWEEN_MS).toISOString(),
      }));
      written += count;
      await pool.query(INSERT, [marketId, JSON.stringify(rows)]);
      await pool.query(`UPDATE market SET sequence = $2 WHERE id = $1`, [marketId, written]);
      await pool.query(`SELECT pg_notify('eris_market', $1)`, [`${marketId}:${written}:decided`]);
    },
    close: () => pool.end(),
  };
}

async function writeDecisions(databaseUrl: string, writing: Writing): Promise<void> {
  const pool = createPool(databaseUrl, { max: 1 });
  const used = new Map<number, number[]>();
  const capacity = [100_000_000_000, ...Array.from({ length: SITES * RESOURCES.length }, () => 1_000_000_000)];
  try {
    await pool.query(`SET session_replication_role = replica`); // no triggers: what they keep is kept by whoever makes these rows up
    for (let from = 0; from < writing.bids; from += ROWS_A_STATEMENT) {
      const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, writing.bids - from) }, (_, index) =>
        madeUp(writing, from + index, used),
      );
      await pool.query(INSERT, [writing.marketId, JSON.stringify(rows)]);
    }
    const usage = [...used].map(([slot, cells]) => ({ slot, used: cells, capacity }));
    await pool.query(
      `INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli) SELECT $1, u.slot, u.used, u.capacity
       FROM json_to_recordset($2::json) AS u(slot int, used bigint[], capacity bigint[])`,
      [writing.marketId, JSON.stringify(usage)],
    );
    await pool.query(`UPDATE market SET sequence = sequence + $2 WHERE id = $1`, [writing.marketId, writing.bids]);
    await pool.query('ANALYZE');
  } finally {
    await pool.end();
  }
}

const INSERT = `
  WITH r AS (SELECT * FROM json_to_recordset($2::json) AS r(
      n bigint, organisation bigint, label text, at timestamptz, sequence bigint, code text, value bigint, payment bigint, completion int, lines jsonb)),
  bids AS (
    INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, label, body, received_at)
    SELECT $1, organisation, 'made-up-' || n, sha256('made up'), label, '{}', at FROM r ORDER BY n RETURNING id, organisation_id, idempotency_key),
  named AS (SELECT r.*, b.id FROM r JOIN bids b ON b.organisation_id = r.organisation AND b.idempotency_key = 'made-up-' || r.n),
  decisions AS (
    INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion, value_micros, payment_micros, reason, decided_at)
    SELECT id, $1, sequence, 1, CASE WHEN code IS NULL THEN 'accepted' ELSE 'refused' END::outcome, 0, sequence - 1, 1000000000000, completion, value, payment,
      CASE WHEN code IS NOT NULL THEN json_build_object('code', code, 'detail', 'made up') END, at + interval '20 ms' FROM named),
  allocations AS (
    INSERT INTO allocation (bid_id, market_id, payment_micros, lines, kind, plan)
    SELECT id, $1, payment, lines, 'training', '{}' FROM named WHERE code IS NULL)
  INSERT INTO event (market_id, sequence, kind, version, organisation_id, payload, at)
  SELECT $1, sequence, CASE WHEN code IS NULL THEN 'bid_accepted' ELSE 'bid_refused' END, 1, organisation, CASE WHEN code IS NULL
    THEN json_build_object('bidId', id::text, 'completion', completion, 'paymentMicros', payment::text)
    ELSE json_build_object('bidId', id::text, 'code', code) END, at + interval '20 ms' FROM named`;

const BEGIN_MS = Date.UTC(2026, 0, 1);
const BETWEEN_MS = 250;

function madeUp({ bidderIds, before, random }: Writing, n: number, used: Map<number, number[]>): object {
  const isAccepted = n % ACCEPTED_EVERY === 0;
  const first = random.below(SLOTS - SLOTS_A_BID);
  const site = random.below(SITES);
  const lines = isAccepted ? linesOf({ first, site, random }, used) : null;
  const payment = lines ? random.between(1_000_000, 90_000_000) : 0;
  return {
    n,
    organisation: bidderIds[n % bidderIds.length],
    label: `run-${n % 5_000}`,
    at: new Date(BEGIN_MS + n * BETWEEN_MS).toISOString(),
    sequence: before + 1 + n,
    code: isAccepted ? null : REASONS[n % REASONS.length],
    value: lines ? payment + random.between(0, 50_000_000) : null,
    payment,
    completion: lines ? first + SLOTS_A_BID - 1 : null,
    lines,
  };
}

function linesOf(
  { first, site, random }: { readonly first: number; readonly site: number; readonly random: Prng },
  used: Map<number, number[]>,
): object[] {
  const lines: object[] = [];
  for (let slot = first; slot < first + SLOTS_A_BID; slot++) {
    const cells = used.get(slot) ?? Array.from({ length: 1 + SITES * RESOURCES.length }, () => 0);
    used.set(slot, cells);
    const take = (cell: number, of: number | null, resource: string, quantityMilli: number): void => {
      cells[cell] = (cells[cell] ?? 0) + quantityMilli;
      lines.push({ slot, site: of, resource, quantityMilli, unitPrice: '100000', amount: '100' });
    };
    take(0, null, 'bandwidth', random.between(1_000, 100_000));
    RESOURCES.forEach((resource, k) => take(1 + site * RESOURCES.length + k, site, resource, random.between(100, 4_000)));
  }
  return lines;
}
