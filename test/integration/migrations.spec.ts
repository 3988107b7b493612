import { readFile } from 'node:fs/promises';
import { eventTold, refusalTold } from '#contracts';
import { eventIn, type KeptEvent, marketTerms, refusal } from '#log';
import { createPool, diffSchema, findPendingMigrations, listMigrations, migrate } from '#persistence';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const apply = async (pool: Pool, name: string): Promise<unknown> =>
  pool.query(await readFile(new URL(`../../prisma/migrations/${name}/migration.sql`, import.meta.url), 'utf8'));

// Real: Postgres, the schema engine, the migrations of the repository. Nothing is faked.
describe('migrations', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('make what schema.prisma says: there is nothing left to do', async () => {
    expect(await diffSchema(database.url)).toBe('');
  });

  it('are all applied to a test database, and once', async () => {
    expect(await findPendingMigrations(database.pool)).toEqual([]);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('are applied once where several processes come at the same time', async () => {
    await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, (await listMigrations()).length]);
    expect(await findPendingMigrations(database.pool)).toEqual([]);
  });

  it('keep keys as they were, without the scopes that nobody read', async () => {
    const { pool } = database;
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const names = await listMigrations();
    const last = names.findIndex((name) => name.endsWith('_keys_without_scopes'));
    for (const name of names.slice(0, last)) await apply(pool, name);
    await pool.query(`INSERT INTO organisation (id, name) VALUES (1, 'operator')`);
    await pool.query(
      `INSERT INTO api_key (organisation_id, role, scopes, label, prefix, hash) VALUES (1, 'auditor', '{a}', 'kept', 'eris_k', sha256('key'))`,
    );
    const kept = `SELECT id, organisation_id, role, label, prefix, encode(hash, 'hex') AS hash, origin, created_at, revoked_at FROM api_key`;
    const { rows: before } = await pool.query(kept);
    await apply(pool, names[last]);
    expect((await pool.query(kept)).rows).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('carry the log over that was written in the words of the API, before a market had terms', async () => {
    const { pool } = database;
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const names = await listMigrations();
    const log = names.findIndex((name) => name.endsWith('_log'));
    for (const name of names.slice(0, log)) await apply(pool, name);
    await pool.query(`INSERT INTO organisation (id, parent_id, name) VALUES (1, NULL, 'operator'), (2, 1, 'bidder')`);
    await pool.query(
      `INSERT INTO market (id, organisation_id, name, clock, slot_minutes, horizon_slots, chunk_kb, bandwidth_kb, resources, gamma, unit_micros, reserve_micros)
       VALUES (1, 1, 'm', 'manual', 20, 50, 2000, 100, '{cpu}', '{"bandwidth": 1000, "cpu": 30.5}', 9223372036854775807, 250000)`,
    );
    const written = [
      ['market_opened', { name: 'm', clock: 'manual' }],
      ['site_added', { siteId: '7', name: 'bern', capacity: { cpu: 1.5, 'memory GB': 0 } }],
      ['status_changed', { from: 'open', status: 'paused' }],
      ['clock_advanced', { from: 0, slot: 3 }],
      ['bid_accepted', { bidId: '3', outcome: 'accepted', completion: 4, payment: '812.4' }],
      ['bid_accepted', { bidId: '4', outcome: 'accepted', completion: 5, payment: '0.000001' }],
      ['bid_refused', { bidId: '5', outcome: 'refused', reason: 'price_above_value' }],
      ['capacity_changed', { siteId: '7', name: 'bern', capacity: { cpu: 2 } }],
    ] as const;
    for (const [index, [kind, payload]] of written.entries())
      await pool.query('INSERT INTO event (market_id, sequence, kind, payload) VALUES (1, $1, $2, $3)', [index + 1, kind, payload]);
    for (const name of names.slice(log)) await apply(pool, name);
    const { rows } = await pool.query<KeptEvent & { sequence: bigint }>('SELECT kind, version, payload FROM event ORDER BY sequence');
    expect(rows.map((row) => eventTold({ sequence: 1n, at: new Date(0), event: eventIn(row) }))).toMatchObject(
      written.map(([kind, payload]) => ({ kind, payload })),
    );
    expect(eventIn(rows[1]).payload).toEqual({ siteId: 7n, name: 'bern', capacityMilli: { cpu: 1_500, 'memory GB': 0 } });
    const prices = { kind: 'paper', gamma: { bandwidth: 1000, cpu: 30.5 }, unit: 9_223_372_036_854_775_807n, reserve: 250_000n };
    const terms = { policy: 'eris', oracle: 'default/3', prices };
    expect(eventIn(rows[0]).payload).toEqual({ name: 'm', clock: 'manual', terms });
    const market = await pool.query<{ terms: unknown }>('SELECT terms FROM market');
    expect(marketTerms.read(market.rows[0].terms, 'terms')).toEqual(terms);
    await expect(pool.query(`UPDATE event SET version = 2`)).rejects.toThrow('never changed');
    await expect(pool.query('UPDATE receipt SET algorithm = algorithm')).rejects.toThrow('never changed');
  });

  it('carry refusals over that were written in the words of the API', async () => {
    const { pool } = database;
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const names = await listMigrations();
    const last = names.findIndex((name) => name.endsWith('_refusals'));
    for (const name of names.slice(0, last)) await apply(pool, name);
    const option = (completion: number, price: string, value: string) => ({ completion, price, value });
    const written = [
      { code: 'no_data', detail: 'the job has no chunks to train' },
      { code: 'price_above_value', detail: 'dear', nearest: option(3, '812.4', '0.000001'), cheapest: option(4, '0', '7') },
      { code: 'price_above_value', detail: 'far', floor: option(3, '123456789012345678901234567890.000001', '2') },
    ];
    await pool.query('ALTER TABLE decision DISABLE TRIGGER USER'); // there is no market: only the reasons matter
    for (const [index, reason] of written.entries())
      await pool.query(
        `INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, reason)
         VALUES ($1, 1, $1, 1, 'refused', 0, 0, 0, $2)`,
        [index + 1, JSON.stringify(reason)],
      );
    await pool.query('ALTER TABLE decision ENABLE TRIGGER USER');
    await apply(pool, names[last]);
    const { rows } = await pool.query<{ reason: unknown }>('SELECT reason FROM decision ORDER BY bid_id');
    const kept = rows.map(({ reason }) => refusal.read(reason, 'reason'));
    expect(kept.map(refusalTold)).toEqual(written);
    expect(kept[1].nearest).toEqual({ completion: 3, price: 812_400_000n, value: 1n });
    expect(kept.map(refusal.write)).toEqual(rows.map(({ reason }) => reason));
    await expect(pool.query('UPDATE decision SET reason = NULL')).rejects.toThrow('never changed');
  });

  it('wait for another who migrates, and say for whom', async () => {
    const other = await database.pool.connect();
    const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_advisory_lock(4207191820)');
    const said: string[] = [];
    const migrating = migrate(database.url, (line) => said.push(line));
    await until(() => said.length > 0, { everyMs: 10, maxMs: 5_000 });
    await other.query('SELECT pg_advisory_unlock_all()');
    other.release();
    expect(await migrating).toEqual([]);
    expect(said).toEqual([expect.stringMatching(`^waiting for session ${rows[0].pid} [(].*[)], which migrates this database [(]0 s[)]$`)]);
  });

  it('are all pending in an empty database', async () => {
    await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    expect(await findPendingMigrations(database.pool)).toEqual(await listMigrations());
  });

  it('say whose the bids are that wait already, and those that come', async () => {
    const { pool } = database;
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const names = await listMigrations();
    const turns = names.findIndex((name) => name.endsWith('_fair_turns'));
    for (const name of names.slice(0, turns)) await apply(pool, name);
    await pool.query(`INSERT INTO organisation (id, parent_id, name) VALUES (1, NULL, 'operator'), (2, 1, 'bidder')`);
    await pool.query(
      `INSERT INTO market (id, organisation_id, name, clock, slot_minutes, horizon_slots, chunk_kb, bandwidth_kb, resources, gamma, unit_micros, reserve_micros)
       VALUES (1, 1, 'm', 'manual', 20, 50, 2000, 100, '{cpu}', '{}', 1, 0)`,
    );
    const bid = (key: string): Promise<unknown> =>
      pool.query(`INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body) VALUES (1, 2, $1, sha256('x'), '{}')`, [
        key,
      ]);
    await bid('before');
    await apply(pool, names[turns]);
    await bid('after');
    expect((await pool.query('SELECT market_id, organisation_id FROM undecided_bid')).rows).toEqual([
      { market_id: 1n, organisation_id: 2n },
      { market_id: 1n, organisation_id: 2n },
    ]);
    await expect(pool.query('DELETE FROM undecided_bid')).rejects.toThrow('kept by bids and decisions only');
  });

  it('fail with the reason where the database is not to be reached', async () => {
    await expect(migrate('postgresql://127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
    await expect(findPendingMigrations(createPool('postgresql://127.0.0.1:1/none'))).rejects.toThrow('ECONNREFUSED');
  });
});
