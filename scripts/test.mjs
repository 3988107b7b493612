// Runs the test tiers named as arguments (unit, integration, e2e, machine, pages, hostile, chaos); what follows goes to Jest. Without tiers: the first three, but
// for their long ones (`*.long.spec.ts`).
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const TIERS = ['unit', 'integration', 'e2e', 'machine', 'pages', 'hostile', 'chaos'];
const DEFAULT_TIERS = ['unit', 'integration', 'e2e'];
/** What is left out where no tier is named: Jest's own default, and tests that take half a minute each. */
const LEFT_OUT = ['/node_modules/', '\\.long\\.spec\\.ts$'];
/** Jest keeps a core free, which is half of a small machine; most tests wait for a database. */
const WORKERS = Math.max(2, availableParallelism() - 1);
const root = fileURLToPath(new URL('..', import.meta.url));

async function run(args) {
  const named = args.filter((arg) => TIERS.includes(arg));
  const tiers = named.length > 0 ? named : DEFAULT_TIERS;
  const leftOut = named.length > 0 ? [] : LEFT_OUT.map((pattern) => `--testPathIgnorePatterns=${pattern}`);
  const workers = tiers.includes('hostile') ? 1 : WORKERS; // an attack is measured with the machine to itself
  const status =
    (await setup()) ||
    jest([`--maxWorkers=${workers}`, ...leftOut, ...args.filter((arg) => !TIERS.includes(arg)), '--selectProjects', ...tiers]);
  if (named.length === 0)
    process.stderr.write('eris: not run: long ones of integration and e2e (npm run test:integration, npm run test:e2e)\n');
  for (const note of notesOn(tiers)) process.stderr.write(`eris: ${note}\n`);
  return status;
}

function jest(args) {
  const options = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
    .filter(Boolean)
    .join(' ');
  const { status, error } = spawnSync(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: options },
  });
  if (error) process.stderr.write(`eris: Jest could not be started: ${error.message}\n`);
  return status ?? 1;
}

/** What this run left out or stood in for, and how to have it. */
function notesOn(tiers) {
  const absent = TIERS.filter((tier) => !tiers.includes(tier));
  return [
    absent.length > 0 && `not run: ${absent.map((tier) => `npm run test:${tier}`).join(', ')}`,
    !process.env.DATABASE_URL && 'Postgres was the embedded one; set DATABASE_URL to use another',
    !process.env.REDIS_URL &&
      !onPath('redis-server') &&
      'not run: the Redis backend (install redis-server, or set REDIS_URL); the Postgres backend ran',
    !existsSync(join(root, '..', 'shared', 'data')) && 'not run: comparisons with reference data that lies outside of the repository',
  ].filter(Boolean);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

process.exitCode = await run(process.argv.slice(2));
