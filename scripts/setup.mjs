// Brings a clone to where its commands run: dependencies, the database client, the build. Each step is skipped where it is up to date.
// Plain Node without dependencies: this is what runs before there are any.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const NODE_MIN = [20, 19];
/** The signals that end us, and their numbers: a process that a signal ended has the exit code 128 + that. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const SIGNALLED = 128;
const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...parts) => join(root, ...parts);
/** What is built, of what, by what; the stamp of each says when that was done last. The dashboard has a compiler of its own. */
const BUILDS = [
  {
    label: 'building',
    inputs: ['apps', 'libs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    besides: [inRoot('apps', 'admin')],
    stamp: inRoot('dist', '.built'),
    program: [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
  },
  {
    label: 'building the dashboard',
    inputs: ['apps/admin', 'libs/sdk', 'libs/units', 'package-lock.json'],
    besides: [],
    stamp: inRoot('dist', '.built-admin'),
    program: [inRoot('node_modules', 'vite', 'bin', 'vite.js'), 'build', inRoot('apps', 'admin'), '--logLevel', 'warn'],
  },
];

/**
 * Runs every step that is due. Says what it does on standard error, so that a command's output stays clean. A signal ends the step that runs,
 * with all that it started, and then this process. @returns an exit code.
 */
export async function setup() {
  process.stderr.on('error', () => undefined); // whoever reads it may go: the step goes on
  const complaint = nodeComplaint(process.versions.node);
  if (complaint) return fail(complaint);
  const status = (await install()) || (await generate());
  if (status !== 0) return status;
  for (const each of BUILDS) {
    const built = await build(each);
    if (built !== 0) return built;
  }
  return 0;
}

function nodeComplaint(version) {
  const [major, minor] = version.split('.').map(Number);
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return isEnough
    ? ''
    : `Node ${NODE_MIN.join('.')} or newer is needed, this is ${version}. Get one from https://nodejs.org or your version manager.`;
}

/**
 * A folder that is there is mended in place: others may be running from it. The build needs what is only for development, whatever
 * NODE_ENV or npm's settings say of it.
 */
function install() {
  if (isInstalled()) return 0;
  const how = [...(existsSync(inRoot('node_modules')) ? ['install', '--no-save'] : ['ci']), '--include=dev'];
  return step(
    `installing dependencies (npm ${how.join(' ')})`,
    npm([...how, '--no-audit', '--no-fund', '--loglevel=error']),
    'see the messages above; the npm registry must be reachable',
  );
}

/** Whether node_modules holds what the lock file names: npm keeps a copy of the lock of what it has installed. */
function isInstalled() {
  const installedFile = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(inRoot('package-lock.json'));
  const installed = packagesOf(installedFile);
  const isSame = (path) => installed[path]?.version === wanted[path].version;
  const mayBeAbsent = (path) => wanted[path].optional || wanted[path].devOptional || wanted[path].peer;
  return Object.keys(wanted).every((path) => path === '' || isSame(path) || (mayBeAbsent(path) && !installed[path]));
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

const generate = () => step('', [process.execPath, [inRoot('scripts', 'generate.mjs')]], 'see the message above');

async function build({ label, inputs, besides, stamp, program }) {
  const builtMs = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (inputs.every((path) => newestMs(inRoot(path), besides) < builtMs)) return 0;
  const startedAt = new Date(); // not when it ends: a source that changes meanwhile is built the next time
  const status = await step(label, [process.execPath, program], 'the sources do not compile');
  if (status === 0) leaveStamp(stamp, startedAt);
  else rmSync(stamp, { force: true });
  return status;
}

function leaveStamp(stamp, startedAt) {
  mkdirSync(inRoot('dist'), { recursive: true });
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}

/** When the file, or the newest file in the folder, was last changed, but for some folders. A folder changes when a file of it goes. */
function newestMs(path, besides) {
  if (besides.includes(path)) return 0;
  const { mtimeMs, isFolder } = describe(path);
  if (!isFolder) return mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name), besides)), mtimeMs);
}

function describe(path) {
  const stats = statSync(path);
  return { mtimeMs: stats.mtimeMs, isFolder: stats.isDirectory() };
}

/** The npm that runs us where it says so, else the one on the path. */
function npm(args) {
  const { npm_execpath: script = '' } = process.env;
  return script.endsWith('npm-cli.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

async function step(label, [command, args], remedy) {
  if (label) process.stderr.write(`eris: ${label} …\n`);
  const startedMs = performance.now();
  const { status, error } = await run(command, args);
  if (error) return fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) return fail(`${label || args[0]} failed: ${remedy}`);
  if (label) process.stderr.write(`eris: ${label}: done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  return 0;
}

/** In a process group of its own, so that a signal to us alone can end all of it. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], detached: process.platform !== 'win32' });
    const listeners = Object.entries(SIGNALS).map(([signal, number]) => [signal, () => endBy(child, signal, number)]);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    const finish = (result) => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
      resolve(result);
    };
    child.once('error', (error) => finish({ error }));
    child.once('exit', (status) => finish({ status }));
  });
}

function endBy(child, signal, number) {
  const hasTty = [0, 1, 2].some((fd) => isatty(fd));
  if (signal === 'SIGHUP' && !hasTty) return; // nohup: see libs/process/src/end-signals.ts
  try {
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  process.exit(SIGNALLED + number);
}

function fail(message) {
  process.stderr.write(`eris: ${message}\n`);
  return 1;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) process.exitCode = await setup();
