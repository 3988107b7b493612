import { type Base, createBase } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

/** A gate that opens once so many have come to it. */
function gateFor(count: number): () => Promise<void> {
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (--count === 0) open();
    return opened;
  };
}

// Real: Postgres, Prisma's client, deadlocks. Nothing is faked.
describe('createBase', () => {
  let database: TestDatabase;
  let base: Base;

  const named = (name: string) => ({ data: { name } });
  const names = async (): Promise<string[]> =>
    (await base.read((db) => db.organisation.findMany({ orderBy: { id: 'asc' } }))).map((row) => row.name);

  beforeEach(async () => {
    database = await createTestDatabase();
    base = createBase(database.url);
  });
  afterEach(async () => {
    await base.close();
    await database.drop();
  });

  it('keeps what the work returns, and all of it', async () => {
    const { id } = await base.transaction(async (db) => {
      await db.organisation.create(named('one'));
      return db.organisation.create(named('two'));
    });
    expect(typeof id).toBe('bigint');
    expect(await names()).toEqual(['one', 'two']);
  });

  it('keeps nothing of work that throws, even as its last act', async () => {
    const work = base.transaction(async (db) => {
      await db.organisation.create(named('one'));
      throw new Error('just before the commit');
    });
    await expect(work).rejects.toThrow('just before the commit');
    expect(await names()).toEqual([]);
  });

  it('runs the loser of a deadlock again, so that both are done, once', async () => {
    await base.transaction((db) => db.organisation.createMany({ data: [{ name: 'a' }, { name: 'b' }] }));
    const meet = gateFor(2);
    let runs = 0;
    const touch = (first: string, second: string) =>
      base.transaction(async (db) => {
        runs++;
        await db.$executeRaw`UPDATE organisation SET name = name WHERE name = ${first}`;
        await meet();
        await db.$executeRaw`UPDATE organisation SET name = name WHERE name = ${second}`;
        await db.organisation.create(named(`${first} then ${second}`));
      });
    await Promise.all([touch('a', 'b'), touch('b', 'a')]);
    expect(runs).toBe(3);
    expect((await names()).sort()).toEqual(['a', 'a then b', 'b', 'b then a']);
  });

  it('gives up on a transaction that always loses, with its conflict, after five attempts', async () => {
    let runs = 0;
    const work = base.transaction(async (db) => {
      runs++;
      await db.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$`);
    });
    await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/^P20/) });
    expect(runs).toBe(5);
  });

  it('runs work that fails for another reason once', async () => {
    let runs = 0;
    const work = base.transaction(async (db) => {
      runs++;
      await db.$executeRaw`INSERT INTO api_key (organisation_id, role, prefix, hash) VALUES (0, 'operator', '', '')`;
    });
    await expect(work).rejects.toThrow();
    expect(runs).toBe(1);
  });
});

describe('createPool', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('reads integers of 64 bits exactly, in arrays too', async () => {
    const { rows } = await database.pool.query(
      `SELECT 9223372036854775807::int8 AS one, '{9007199254740993,NULL,-1}'::int8[] AS many, '{}'::int8[] AS none, 7::int4 AS small`,
    );
    expect(rows).toEqual([{ one: 9223372036854775807n, many: [9007199254740993n, null, -1n], none: [], small: 7 }]);
  });

  it('outlives connections that the server ends', async () => {
    await database.pool.query('SELECT 1');
    await database.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
