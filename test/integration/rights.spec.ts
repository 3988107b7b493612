import { randomBytes } from 'node:crypto';
import { checkDatabase, DatabaseUnfit, migrate } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

// Real: Postgres, its roles and rights, the schema engine. Nothing is faked.
const ROLE = `eris_role_${randomBytes(6).toString('hex')}`;
let database: TestDatabase;
let url: URL;
const set = (text: string): Promise<unknown> => database.pool.query(text);
const refusal = async (query = ''): Promise<string> => {
  const failure: unknown = await migrate(`${url.href}${query}`).catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(DatabaseUnfit);
  const { message } = failure as DatabaseUnfit;
  expect(message).toMatch(/^The database at [^\n]+$/);
  expect(message).toContain(url.pathname.slice(1));
  expect(message).not.toContain('s3cret');
  return message;
};

beforeAll(async () => {
  database = await createTestDatabase();
  url = new URL(database.url);
  [url.username, url.password, url.search] = [ROLE, 's3cret', ''];
  await set(`CREATE ROLE ${ROLE} LOGIN PASSWORD 's3cret'`);
});
afterAll(async () => {
  await set(`DROP OWNED BY ${ROLE}`);
  await set(`DROP ROLE ${ROLE}`);
  await database.drop();
});

describe('a role without rights', () => {
  it('to tables, to a schema, to make schemas, or to connect is told what it lacks', async () => {
    expect(await refusal()).toContain(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE}`);
    expect(await refusal('?schema=mine')).toContain(`CREATE SCHEMA mine AUTHORIZATION ${ROLE}`);
    await set('DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC');
    expect(await refusal()).toContain(`GRANT USAGE, CREATE ON SCHEMA public TO ${ROLE}`);
    const name = url.pathname.slice(1);
    await set(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    expect(await refusal()).toContain(`GRANT CONNECT ON DATABASE ${name} TO ${ROLE}`);
    await set(`GRANT CONNECT ON DATABASE ${name} TO PUBLIC`);
  });

  it('can follow what it was told', async () => {
    await set(`GRANT USAGE, CREATE ON SCHEMA public TO ${ROLE}`);
    expect((await migrate(url.href)).length).toBeGreaterThan(0);
  });
});

it('tables of something else, be they of Prisma or not, are left alone, and said', async () => {
  await set(`CREATE SCHEMA other AUTHORIZATION ${ROLE}; CREATE TABLE other.market (name text); ALTER TABLE other.market OWNER TO ${ROLE}`);
  expect(await refusal('?schema=other')).toMatch(/holds tables of something else/);
  await set(`CREATE TABLE other._prisma_migrations (LIKE public._prisma_migrations INCLUDING ALL)`);
  await set(`ALTER TABLE other._prisma_migrations OWNER TO ${ROLE}`);
  expect(await refusal('?schema=other')).toMatch(/relation "market" already exists/);
  expect(await refusal('?schema=other')).toMatch(/has failed in it before .*_tables/);
});

it('a role that may read the list of migrations only is told so at the start', async () => {
  const reader = new URL(database.url);
  const name = `${ROLE}_reader`;
  await set(`DROP OWNED BY ${ROLE} CASCADE; CREATE SCHEMA IF NOT EXISTS public; CREATE ROLE ${name} LOGIN PASSWORD 's3cret'`);
  await migrate(database.url);
  await set(`GRANT SELECT ON _prisma_migrations TO ${name}`);
  [reader.username, reader.password] = [name, 's3cret'];
  await expect(checkDatabase(reader.href)).rejects.toThrow(/may not use the table organisation/);
  await set(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`);
  expect(await checkDatabase(reader.href)).toBeUndefined();
  await set(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
});

it('settings that the database does not know are told as those of DATABASE_URL', async () => {
  expect(await refusal('?options=-c%20nonsense=1')).toMatch(/DATABASE_URL asks for in its parameter options/);
});
