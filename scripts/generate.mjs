// Generates the Prisma client from prisma/schema.prisma. Skipped where schema and Prisma are those of the last time.
// Nothing is downloaded: the command asks for a schema engine that generating never calls, so any existing program stands in for it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inRoot = (...parts) => join(fileURLToPath(new URL('..', import.meta.url)), ...parts);
const SCHEMA = inRoot('prisma', 'schema.prisma');
const STAMP = inRoot('libs', 'persistence', 'src', 'prisma', 'generated', '.generated-from');
const COMMAND = inRoot('node_modules', 'prisma', 'build', 'index.js');

/** @returns an exit code. */
function generate() {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return 0;
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'generate', '--schema', SCHEMA], {
    cwd: inRoot(),
    encoding: 'utf8',
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (status === 0) writeFileSync(STAMP, wanted);
  else process.stderr.write(`${stdout}${stderr}`);
  return status ?? 1;
}

function fingerprint() {
  const { version } = JSON.parse(readFileSync(inRoot('node_modules', 'prisma', 'package.json'), 'utf8'));
  return createHash('sha256').update(version).update(readFileSync(SCHEMA)).digest('hex');
}

process.exitCode = generate();
