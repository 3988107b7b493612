import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Where the package keeps `prisma/`: the nearest folder above this file that has it, in the sources as in what is built of them. */
export function findPrismaFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'prisma');
    if (existsSync(path.join(candidate, 'schema.prisma'))) return candidate;
    if (path.dirname(folder) === folder) throw new Error('prisma/schema.prisma is missing from the package: install it again');
  }
}

/** The text of the schema. */
export const readSchema = (): Promise<string> => readFile(path.join(findPrismaFolder(), 'schema.prisma'), 'utf8');

/** Names of the migrations, oldest first. */
export async function listMigrations(): Promise<string[]> {
  const entries = await readdir(path.join(findPrismaFolder(), 'migrations'), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** The text of a migration. */
export const readMigration = (name: string): Promise<string> =>
  readFile(path.join(findPrismaFolder(), 'migrations', name, 'migration.sql'), 'utf8');

/** The database's functions, each as its file makes it or makes it anew; in an order in which each finds those that it calls. */
export async function readFunctions(): Promise<string[]> {
  const folder = path.join(findPrismaFolder(), 'functions');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
}

/** The migrations as the schema engine takes them. */
export async function loadMigrations(): Promise<MigrationList> {
  const names = await listMigrations();
  const lock = path.join(findPrismaFolder(), 'migrations', 'migration_lock.toml');
  return {
    baseDir: path.join(findPrismaFolder(), 'migrations'),
    lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? await readFile(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: await readMigration(name) } as const },
      })),
    ),
  };
}
