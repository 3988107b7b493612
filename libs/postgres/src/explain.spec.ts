import { explainTrouble } from './explain.js';

const URL = 'postgres://ed:s3cret@db/Shop?schema=tenant';
const said = (code: string, message: string, severity = 'ERROR'): Error => Object.assign(new Error(message), { code, severity });

it.each([
  [said('42501', 'permission denied for schema tenant'), /GRANT USAGE, CREATE ON SCHEMA tenant TO ed/],
  [
    said('42501', 'permission denied for table _prisma_migrations'),
    /GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tenant TO ed/,
  ],
  [
    said('42501', 'permission denied for database "Shop"'),
    /GRANT CREATE ON DATABASE "Shop" TO ed; or CREATE SCHEMA tenant AUTHORIZATION ed/,
  ],
  [said('42501', 'permission denied for database "Shop"', 'FATAL'), /GRANT CONNECT ON DATABASE "Shop" TO ed/],
  [said('42501', 'must be owner of function append_entries'), /Name the owner in DATABASE_URL/],
  [said('42501', 'could not open file "base/5/1259": Permission denied', 'FATAL'), /chown -R OWNER FOLDER/],
  [said('42501', 'permission denied to create role'), /a user who owns the database/],
  [said('42501', 'permission denied to set parameter "log_min_messages"', 'FATAL'), /DATABASE_URL asks for in its parameter options/],
  [said('42704', 'unrecognized configuration parameter "nonsense"', 'FATAL'), /DATABASE_URL asks for in its parameter options/],
  [said('P3005', 'The database schema is not empty.'), /an empty database in DATABASE_URL, or a schema of its own/],
  [said('P3009', 'migrate found failed migrations. The `1_tables` migration started'), /`1_tables`.*DELETE FROM _prisma_migrations/],
  [said('42P07', 'relation "market" already exists'), /something else of the same name \(relation "market"/],
  [said('57P05', 'terminating connection due to idle-session timeout', 'FATAL'), /ALTER ROLE ed RESET idle_session_timeout/],
  [said('25P04', 'terminating connection due to transaction timeout', 'FATAL'), /ALTER ROLE ed RESET transaction_timeout/],
])('a refusal is told with the database, what mends it and no password: %s', (error, remedy) => {
  for (const each of [error, new Error('as the schema engine tells it', { cause: error })]) {
    const told = explainTrouble(each, URL) ?? '';
    expect(told).toMatch(remedy);
    expect(told).toMatch(/^The database at db:5432\/Shop, schema tenant cannot be (used|reached): .*\)$/);
    expect(told).not.toContain('s3cret');
  }
});

it('a refusal is told that Prisma has wrapped', () => {
  const cause = { kind: 'postgres', originalCode: '42501', originalMessage: 'permission denied for table api_key', severity: 'ERROR' };
  const wrapped = Object.assign(new Error('Invalid invocation'), {
    code: 'P2039',
    meta: { driverAdapterError: Object.assign(new Error(), { cause }) },
  });
  expect(explainTrouble(wrapped, URL)).toMatch(/may not use the table api_key/);
});

it('a statement that is wrong is none', () => {
  expect(explainTrouble(said('42601', 'syntax error at or near "SELEKT"'), URL)).toBeUndefined();
});
