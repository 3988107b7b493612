import { codesOf } from '#postgres';
import type { ClientBase, Pool } from 'pg';
import { listMigrations } from './folder.js';

/** How a database's migrations stand beside those of this version. */
export type SchemaState =
  | { readonly kind: 'current' }
  | { readonly kind: 'absent' }
  /** One has begun and not ended: it failed half-way, or is under way. */
  | { readonly kind: 'unfinished'; readonly names: readonly string[] }
  | { readonly kind: 'behind'; readonly names: readonly string[] }
  /** Tables that its migrations have made are gone. */
  | { readonly kind: 'damaged'; readonly names: readonly string[] }
  /** A newer version has migrated it; `isCompatible` where its migrations only add, as their names say. */
  | { readonly kind: 'ahead'; readonly names: readonly string[]; readonly isCompatible: boolean };

/** A migration of this name only adds: a version that does not know it works on beside it. */
const ONLY_ADDS = /^\d+_add_/;
/** There is no such table: Postgres' code, and Prisma's. */
const NO_TABLE = new Set(['42P01', 'P2021']);

/**
 * applied-migrations: what has been applied, or begun.
 * Input:  none. Output: names, and whether each has ended.
 * Events: none.
 * Retry:  safe; it reads.
 */
const APPLIED = `SELECT migration_name AS name, finished_at IS NOT NULL AS ended FROM _prisma_migrations WHERE rolled_back_at IS NULL`;

const TABLES = [
  'organisation',
  'api_key',
  'account',
  'market',
  'site',
  'bid',
  'undecided_bid',
  'decision',
  'event',
  'receipt',
  'market_lease',
];

/** readable-tables: fails where the role may not read one of them (42501). Input: none. Output: no row. Events: none. Retry: safe; it reads. */
export const READABLE = TABLES.map((name) => `(SELECT FROM ${name} LIMIT 0)`).join(' UNION ALL ');

/** missing-tables: those that are not there. Input: names. Output: names. Events: none. Retry: safe; it reads. */
const GONE = `SELECT name FROM unnest($1::text[]) AS asked(name) WHERE to_regclass(name) IS NULL`;

/** Compares a database's migrations with those of this version. */
export async function readSchemaState(database: Pool | ClientBase): Promise<SchemaState> {
  const applied = await readApplied(database);
  if (applied === undefined) return { kind: 'absent' };
  const [ours, ended] = [await listMigrations(), new Set(applied.filter((row) => row.ended).map(({ name }) => name))];
  if (ended.size === 0) return { kind: 'absent' };
  const unfinished = applied.filter((row) => !row.ended && !ended.has(row.name)).map(({ name }) => name);
  if (unfinished.length > 0) return { kind: 'unfinished', names: unfinished };
  const missing = ours.filter((name) => !ended.has(name));
  if (missing.length > 0) return { kind: 'behind', names: missing };
  const { rows: gone } = await database.query<{ name: string }>(GONE, [TABLES]);
  if (gone.length > 0) return { kind: 'damaged', names: gone.map(({ name }) => name) };
  const unknown = [...ended].filter((name) => !ours.includes(name)).sort();
  if (unknown.length === 0) return { kind: 'current' };
  return { kind: 'ahead', names: unknown, isCompatible: unknown.every((name) => ONLY_ADDS.test(name)) };
}

async function readApplied(database: Pool | ClientBase): Promise<{ name: string; ended: boolean }[] | undefined> {
  try {
    return (await database.query<{ name: string; ended: boolean }>(APPLIED)).rows;
  } catch (cause) {
    if (isSchemaAbsent(cause)) return undefined;
    throw cause;
  }
}

/** Whether a statement failed because its table is not there: the database has no schema, or has lost it. */
export const isSchemaAbsent = (cause: unknown): boolean => codesOf(cause).some((code) => NO_TABLE.has(code));

/** Whether this version can work with it. */
export const isFit = (state: SchemaState): boolean => state.kind === 'current' || (state.kind === 'ahead' && state.isCompatible);

/** What is wrong with a schema and what to do, as the rest of a sentence about the database; undefined where it is current. */
export function explainSchema(state: SchemaState): string | undefined {
  switch (state.kind) {
    case 'current':
      return undefined;
    case 'absent':
      return 'has no schema yet. Run `npx eris migrate` first. It will apply the migrations.';
    case 'unfinished':
      return `has a migration that has begun and not ended (${shown(state.names)}). Wait if \`npx eris migrate\` is running; it tells what failed if not.`;
    case 'behind':
      return `has an older schema than this version: it lacks ${shown(state.names)}. Run \`npx eris migrate\` first.`;
    case 'damaged':
      return `lacks tables that its migrations have made (${shown(state.names)}). Restore it, or apply the migrations to an empty one (npx eris migrate).`;
    case 'ahead':
      return state.isCompatible
        ? `has been migrated by a newer version of Eris (${shown(state.names)}), with which this one works. Upgrade this one.`
        : `has been migrated by a newer version of Eris (${shown(state.names)}). This one cannot work with it: start that version.`;
  }
}

const SHOWN_MAX = 3;
const shown = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN_MAX).join(', ')}${names.length > SHOWN_MAX ? ` and ${names.length - SHOWN_MAX} more` : ''}`;
