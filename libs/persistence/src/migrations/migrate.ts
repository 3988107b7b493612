import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, createSession } from '#postgres';
import type { ClientBase, Pool } from 'pg';
import { at } from '#units';
import { checkDatabase, unfitOf } from './check-database.js';
import { listMigrations, loadMigrations, readFunctions, readSchema } from './folder.js';
import { withSchemaEngine } from './schema-engine.js';

const NO_FILTERS = { externalTables: [], externalEnums: [] };
/** Any number, as long as it is always the same: who migrates holds it. */
const LOOK_EVERY_MS = 250;
const SAY_EVERY_MS = 5_000;
const MIGRATION_LOCK = 4_207_191_820;

/**
 * Applies the migrations that a database lacks, keeps Prisma's table of them, and makes the functions of prisma/functions as they are now. Safe to run by several processes at once.
 * @param say told what is waited for, in a line.
 * @returns the names of those applied now.
 * @throws DatabaseUnfit where it cannot be worked with; the database's error, or the engine's where an applied migration has been edited or has failed half-way.
 */
export async function migrate(url: string, say: (line: string) => void = () => undefined): Promise<readonly string[]> {
  await checkDatabase(url, { mayLackSchema: true });
  try {
    return await migrateInTurn(url, say);
  } catch (cause) {
    throw unfitOf(cause, url);
  }
}

async function migrateInTurn(url: string, say: (line: string) => void): Promise<readonly string[]> {
  const guard = createSession(url, { application: 'eris-migrate' });
  await guard.connect();
  try {
    await takeTurn(guard, say);
    await ensureNamespace(guard, addressOf(url).schema);
    const applied = await applyMigrations(url);
    await guard.query((await readFunctions()).join('\n')); // one transaction
    return applied;
  } finally {
    await guard.end();
  }
}

/** One migrates at a time. Whoever waits says for whom, at once and every few seconds. */
async function takeTurn(guard: ClientBase, say: (line: string) => void): Promise<void> {
  for (let waitedMs = 0; !(await isTaken(guard)); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs % SAY_EVERY_MS === 0) say(`waiting for ${await holderOf(guard)}, which migrates this database (${waitedMs / 1_000} s)`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function isTaken(guard: ClientBase): Promise<boolean> {
  const { rows } = await guard.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATION_LOCK]);
  return at(rows, 0).taken;
}

/** The session that migrates, so that whoever runs the database can look for it. */
async function holderOf(guard: ClientBase): Promise<string> {
  const text = `SELECT pid, application_name AS name, client_addr::text AS address FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = $1 AND datname = current_database() LIMIT 1`;
  const { rows } = await guard.query<{ pid: number; name: string | null; address: string | null }>(text, [MIGRATION_LOCK]);
  const [row] = rows;
  if (!row) return 'another process';
  const { pid, name, address } = row;
  return `session ${pid} (${[name, address].filter(Boolean).join(', ') || 'of another user'})`;
}

/** Made where it is not there; who may not make one may still use one that is. */
async function ensureNamespace(guard: ClientBase, schema: string): Promise<void> {
  const { rows } = await guard.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS found`, [schema]);
  if (!at(rows, 0).found) await guard.query(`CREATE SCHEMA "${schema}"`);
}

async function applyMigrations(url: string): Promise<readonly string[]> {
  const migrationsList = await loadMigrations();
  return withSchemaEngine({ url, schema: await readSchema() }, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
    return appliedMigrationNames;
  });
}

/**
 * What would have to be done to a database with all migrations to make it as schema.prisma says; empty where they agree.
 * Builds the migrations in a database of its own, which it drops.
 */
export async function diffSchema(url: string): Promise<string> {
  const schema = await readSchema();
  const from = { tag: 'migrations', ...(await loadMigrations()) } as const;
  const to = { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] } as const;
  return withSchemaEngine({ url, schema }, async (engine) => {
    const { stdout } = await engine.diff({ from, to: { ...to, files: [...to.files] }, script: true, exitCode: null, filters: NO_FILTERS });
    return (stdout ?? '').replace('-- This is an empty migration.', '').trim();
  });
}

/** Migrations that the database lacks, oldest first; all of them where it has none. */
export async function findPendingMigrations(pool: Pool): Promise<readonly string[]> {
  const { rows: tables } = await pool.query<{ found: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`);
  const applied = at(tables, 0).found ? await findApplied(pool) : new Set<string>();
  return (await listMigrations()).filter((name) => !applied.has(name));
}

async function findApplied(pool: Pool): Promise<Set<string>> {
  const text = `SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return new Set((await pool.query<{ migration_name: string }>(text)).rows.map((row) => row.migration_name));
}
