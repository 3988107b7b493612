import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listMigrations } from '#persistence';
import type { Pool } from 'pg';

const ROOT = join(import.meta.dirname, '../..');

/** Every table that a history is in, each after those that it points to. */
export const TABLES = [
  ...['organisation', 'account', 'market', 'site', 'bid', 'undecided_bid', 'decision', 'allocation', 'placement'],
  ...['slot_usage', 'transfer', 'entry', 'event', 'receipt'],
];

/** What the first line of a file says. */
interface Head {
  /** Of Eris. */
  readonly version: string;
  /** What the database had when it was written. */
  readonly migrations: readonly string[];
}

const fileOf = (version: string): string => join(import.meta.dirname, `log-${version}.txt`);

/** Writes all that a database holds of markets: a line that says what wrote it, then a table a line. Numbers stay as Postgres writes them. */
export async function storeLog(pool: Pool, version: string): Promise<void> {
  const head: Head = { version, migrations: await listMigrations() };
  const lines = [JSON.stringify(head)];
  for (const table of TABLES) {
    const { rows } = await pool.query<{ rows: string }>(`SELECT coalesce(json_agg(x), '[]')::text AS rows FROM ${table} x`);
    lines.push(`${table} ${rows[0].rows.replaceAll('\n', '')}`);
  }
  await writeFile(fileOf(version), `${lines.join('\n')}\n`);
}

/** Puts a stored log into a database as it was when it was written, and applies the migrations that have come since. */
export async function loadLog(pool: Pool, version: string): Promise<void> {
  const [first, ...lines] = (await readFile(fileOf(version), 'utf8')).trimEnd().split('\n');
  const { migrations } = JSON.parse(first) as Head;
  await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  for (const name of migrations) await apply(pool, name);
  for (const line of lines) await loadTable(pool, line);
  for (const name of await listMigrations()) if (!migrations.includes(name)) await apply(pool, name);
}

async function loadTable(pool: Pool, line: string): Promise<void> {
  const [table, rows] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
  await pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`); // they would write what is in the file too
  await pool.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [rows]);
  await pool.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

const apply = async (pool: Pool, name: string): Promise<unknown> =>
  pool.query(await readFile(join(ROOT, 'prisma/migrations', name, 'migration.sql'), 'utf8'));
