// Makes the next migration: `node scripts/migration.mjs NAME` writes what schema.prisma asks for beyond the migrations there are.
// Needs a Postgres to build them in: the one of DATABASE_URL (a database of its own, dropped afterwards), else an embedded one.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diffSchema, startEmbeddedPostgres } from '#persistence';

const name = process.argv[2] ?? '';
process.exitCode = /^[a-z][a-z0-9_]*$/.test(name)
  ? await write(name)
  : fail('Name the migration in small letters: node scripts/migration.mjs add_something');

async function write(migration) {
  const script = await withPostgres(diffSchema);
  if (script === '') return fail('prisma/schema.prisma asks for nothing that the migrations do not do already.');
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = fileURLToPath(new URL(`../prisma/migrations/${stamp}_${migration}`, import.meta.url));
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), `${script}\n`);
  process.stdout.write(`${folder}\nRead it, add what Prisma cannot say (docs/architecture.md, "The data"), and run the tests.\n`);
  return 0;
}

async function withPostgres(work) {
  if (process.env.DATABASE_URL) return work(process.env.DATABASE_URL);
  const dataDir = mkdtempSync(join(tmpdir(), 'eris-migration-'));
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  return 1;
}
