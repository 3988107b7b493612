import { readFile } from 'node:fs/promises';
import { createPool, diffSchema, findPendingMigrations, listMigrations, migrate } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

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
    const apply = async (name: string): Promise<unknown> =>
      pool.query(await readFile(new URL(`../../prisma/migrations/${name}/migration.sql`, import.meta.url), 'utf8'));
    const turns = names.findIndex((name) => name.endsWith('_fair_turns'));
    for (const name of names.slice(0, turns)) await apply(name);
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
    await apply(names[turns]);
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
