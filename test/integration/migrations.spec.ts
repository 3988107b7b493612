import { createPool, diffSchema, findPendingMigrations, listMigrations, migrate } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

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

  it('are all pending in an empty database', async () => {
    await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    expect(await findPendingMigrations(database.pool)).toEqual(await listMigrations());
  });

  it('fail with the reason where the database is not to be reached', async () => {
    await expect(migrate('postgresql://127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
    await expect(findPendingMigrations(createPool('postgresql://127.0.0.1:1/none'))).rejects.toThrow('ECONNREFUSED');
  });
});
