import { createHash, randomBytes } from 'node:crypto';
import { createPool, listMigrations, migrate } from '#persistence';
import pg, { type Pool } from 'pg';

/** A database of its own, with all migrations, for one test file or one test. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Ends the pool and drops the database, whoever still uses it. */
  drop(): Promise<void>;
}

/** Any number, as long as it is always the same: who makes the template holds it. */
const TEMPLATE_LOCK = 4_207_191_821;
const CONNECTIONS_MAX = 10;

/** Makes a database by copying one that has the migrations. The server is that of DATABASE_URL, else one started for this run (postgres-setup.mjs). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.DATABASE_URL ?? process.env.ERIS_TEST_SERVER_URL;
  if (!serverUrl) throw new Error('no Postgres: run `npm test`, or set DATABASE_URL to a server on which databases may be made');
  const name = `eris_test_${randomBytes(6).toString('hex')}`;
  await aside(serverUrl, async (client) => {
    const template = await ensureTemplate(client, serverUrl);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = urlOf(serverUrl, name);
  const pool = createPool(url, { max: CONNECTIONS_MAX });
  const drop = async (): Promise<void> => {
    await pool.end();
    await aside(serverUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  };
  return { url, pool, drop };
}

/** Makes the template if need be: one for each state of the migrations. It gets its name once it is whole. */
async function ensureTemplate(client: pg.Client, serverUrl: string): Promise<string> {
  const name = `eris_template_${createHash('sha256')
    .update((await listMigrations()).join())
    .digest('hex')
    .slice(0, 12)}`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]); // released with the connection
  const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rows.length > 0) return name;
  const draft = `${name}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft}`);
  await migrate(urlOf(serverUrl, draft));
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  return name;
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function aside(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
