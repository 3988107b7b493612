import { createPrng } from '#lab';
import { AppendReceipts, type Verification, verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { createAuditSource, createReceiptStore } from '#persistence';
import { AuditedMarket } from '../support/audited-market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { tamper, type Target, type Tampering } from '../support/tampering.js';

const clock = { nowMs: () => 0 };
const kinds = standardKinds();
const SEED = Number(process.env.ERIS_SEED ?? 1);

const ofMarket = (table: string, key: readonly string[], columns?: readonly string[]): Target => ({
  table,
  key,
  columns,
  where: 'x.market_id = $1',
});
/** Equal rows, equal text. */
const textOf = (row: object): string => JSON.stringify(Object.entries(row).sort());
const OWN = 'SELECT organisation_id FROM bid WHERE market_id = $1';

/** All but the id: with another one it is another market. */
const MARKET_COLUMNS = [
  ...['organisation_id', 'name', 'clock', 'status', 'slot_minutes', 'horizon_slots', 'chunk_kb', 'bandwidth_kb', 'resources', 'terms'],
  ...['slot', 'sequence', 'opened_at'],
];

/** Everything that is stored of a market. */
const ALL: readonly Target[] = [
  { table: 'market', key: ['id'], where: 'x.id = $1', columns: MARKET_COLUMNS },
  ofMarket('site', ['id']),
  ofMarket('event', ['market_id', 'sequence']),
  ofMarket('bid', ['id']),
  ofMarket('decision', ['bid_id']),
  ofMarket('allocation', ['bid_id']),
  ofMarket('placement', ['bid_id', 'revision', 'slot']),
  ofMarket('transfer', ['id']),
  { table: 'entry', key: ['transfer_id', 'account_id'], where: 'x.transfer_id IN (SELECT id FROM transfer WHERE market_id = $1)' },
  ofMarket('slot_usage', ['market_id', 'slot']),
  { table: 'account', key: ['id'], where: `x.organisation_id IN (${OWN})`, columns: ['balance_micros'] },
  ofMarket('receipt', ['market_id', 'sequence']),
];

/** What a replay must find by itself, without receipts: everything that an answer says. */
const ANSWERS: readonly Target[] = [
  { table: 'market', key: ['id'], where: 'x.id = $1', columns: ['slot', 'sequence', 'terms'] },
  ofMarket('site', ['id'], ['capacity_milli', 'ordinal', 'name']),
  ofMarket('event', ['market_id', 'sequence'], ['kind', 'payload', 'organisation_id', 'sequence']),
  ofMarket('decision', ['bid_id'], ['sequence', 'arrival_slot', 'price_version', 'completion', 'value_micros', 'payment_micros', 'reason']),
  ofMarket('allocation', ['bid_id'], ['payment_micros', 'lines', 'kind', 'plan']),
  ofMarket('placement', ['bid_id', 'revision', 'slot'], ['revision', 'slot', 'amount_micros']),
  ofMarket('transfer', ['id'], ['debit_account_id', 'credit_account_id', 'amount_micros', 'bid_id', 'slot', 'market_id']),
  {
    table: 'entry',
    key: ['transfer_id', 'account_id'],
    where: 'x.transfer_id IN (SELECT id FROM transfer WHERE market_id = $1)',
    columns: ['account_id', 'amount_micros', 'transfer_id'],
  },
  ofMarket('slot_usage', ['market_id', 'slot'], ['slot', 'used_milli', 'capacity_milli']),
];

/** Columns by which rows are found: a row whose key was changed is missed where it was. */
const KEYS = new Set(['id', 'market_id', 'bid_id', 'sequence', 'slot', 'transfer_id', 'account_id', 'kind']);

/** Whether a verification names the row whose value was changed. */
function isNamed({ findings }: Verification, { table, column, key }: Tampering): boolean {
  if (KEYS.has(column)) return findings.length > 0;
  return findings.some((finding) => finding.table === table && key.every((part) => finding.key.split(/[ ,]+/).includes(part)));
}

// Real: Postgres, the use cases, the mechanism. Nothing is faked.
/** Columns that came later: they are told where they hold anything. */
const LATER: ReadonlySet<string> = new Set(['budgets', 'key_id', 'continues', 'replaces']);

describe('verifying a market', () => {
  let database: TestDatabase;
  let market: AuditedMarket;

  const verify = async (): Promise<Verification> => {
    const outcome = await verifyMarket(createAuditSource(database.pool), market.marketId, { kinds });
    if (outcome.kind !== 'verified') throw new Error(outcome.kind);
    return outcome.verification;
  };
  const seal = (): Promise<number> => new AppendReceipts(createReceiptStore(database.pool), clock).run(1);
  /** Changes values one after the other. @returns the changes that were not found, or not named. */
  const unseen = async (targets: readonly Target[], count: number): Promise<unknown[]> => {
    const random = createPrng(SEED);
    const missed: unknown[] = [];
    for (let done = 0; done < count; done++) {
      const tampering = await tamper(database.pool, market.marketId, targets, random);
      const verification = await verify().finally(() => tampering.undo());
      if (!isNamed(verification, tampering)) missed.push([tampering, verification.findings]);
    }
    return missed;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    market = await AuditedMarket.open(database);
    await market.live();
  }, 120_000);
  afterAll(async () => {
    await market.close();
    await database.drop();
  });

  it('finds a true history true, before there are receipts', async () => {
    const verification = await verify();
    expect(verification.findings).toEqual([]);
    expect(verification).toMatchObject({ decisions: 45, receipts: 0 });
    expect(verification.accepted).toBeGreaterThan(10);
    expect(verification.transfers).toBeGreaterThan(verification.accepted);
  });

  it(`finds and names any value of an answer that was changed, without receipts (seed ${SEED})`, async () => {
    expect(await unseen(ANSWERS, 40)).toEqual([]);
    expect((await verify()).findings).toEqual([]);
  }, 120_000);

  it('writes the same receipts whoever writes them', async () => {
    const counts = await Promise.all([seal(), seal()]);
    expect(Math.max(...counts)).toBeGreaterThan(0);
    expect(await seal()).toBe(0);
    const verification = await verify();
    expect(verification.findings).toEqual([]);
    expect(verification.receipts).toBe(verification.records);
    expect(verification.chainHead).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reads every column of every row, as the row as a whole is written', async () => {
    const records = await createAuditSource(database.pool).within(market.marketId, (audit) => audit.records(0n));
    const client = await database.pool.connect();
    await client.query(`SET TIME ZONE 'UTC'`);
    for (const table of ['event', 'decision', 'bid', 'allocation', 'receipt'] as const) {
      const { rows } = await client.query<{ row: object }>(
        `SELECT (SELECT jsonb_object_agg(c.key, c.value) FROM jsonb_each_text(to_jsonb(x)) AS c) AS row FROM ${table} x WHERE market_id = $1`,
        [market.marketId],
      );
      const since = rows.map(({ row }) =>
        Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null || !LATER.has(name))),
      );
      const read = records?.map((record) => record[table]).filter((row) => row !== undefined) ?? [];
      expect(read.length).toBeGreaterThan(0);
      expect(new Set(read.map((row) => textOf(row)))).toEqual(new Set(since.map((row) => textOf(row))));
    }
    client.release(true);
  });

  it(`finds and names any value at all that was changed, with receipts (seed ${SEED})`, async () => {
    expect(await unseen(ALL, 60)).toEqual([]);
    expect((await verify()).findings).toEqual([]);
  }, 120_000);

  it.each(ALL.filter(({ table }) => table !== 'market' && table !== 'account').map(({ table, where }) => [table, where]))(
    'misses a row of %s that is gone',
    async (table, where) => {
      const client = await database.pool.connect();
      try {
        await client.query('SET session_replication_role = replica');
        const text = `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${table} x WHERE ${where} LIMIT 1) RETURNING to_jsonb(${table}) AS row`;
        const { rows } = await client.query<{ row: object }>(text, [market.marketId]);
        expect((await verify()).findings).not.toEqual([]);
        await client.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`, [rows[0].row]);
      } finally {
        await client.query('RESET session_replication_role');
        client.release();
      }
      expect((await verify()).findings).toEqual([]);
    },
  );

  it('says so where there is no such market', async () => {
    expect(await verifyMarket(createAuditSource(database.pool), 999_999n, { kinds })).toEqual({ kind: 'market_unknown' });
  });
});
