import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { descendants, type Environment, ERIS, type ErisCommand, isAlive, runEris, serverProcesses } from '../support/eris-command.js';
import { freePort } from '../support/queue.js';
import { canRun } from '../support/tools.js';

import { until } from '../support/until.js';

const PATIENCE = { everyMs: 50, maxMs: 40_000 };
/** A terminal of its own: what it runs sees a terminal, which goes when `script` is killed. */
const hasTerminals = canRun(['script', '--version']) ? it : it.skip;

/** How runs end. What is real: terminals, pipes, signals, whole runs with all their processes. */
describe('a run', () => {
  let folder: string;
  let dataDir: string;
  const started: ChildProcess[] = [];

  const shell = (text: string, wrapper: readonly string[] = [], more: Environment = {}): ChildProcess => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', ERIS_DATA_DIR: dataDir, SHELL: '/bin/sh', ...more };
    const [command, ...args] = wrapper.length > 0 ? [...wrapper, text, '/dev/null'] : ['sh', '-c', text];
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    started.push(child);
    return child;
  };
  const isServing = (): boolean => /"port"/.test(textOf(join(dataDir, 'eris.lock'))) && serverProcesses(dataDir).length > 0;
  const isOver = (): boolean => serverProcesses(dataDir).length === 0;
  /** Eris itself and its services: a Node that runs one of the main files. */
  const family = ({ pid = 0 }: ChildProcess): number[] =>
    descendants(pid).filter((each) => textOf(`/proc/${each}/cmdline`).startsWith(process.execPath));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eris-ends-'));
    dataDir = join(folder, "data of 'mine'");
  });

  afterEach(async () => {
    const holder = /"pid":(\d+)/.exec(textOf(join(dataDir, 'eris.lock')))?.[1];
    for (const pid of [...started.splice(0).flatMap(family), Number(holder ?? 0)])
      if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGTERM');
    await until(isOver, PATIENCE);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  hasTerminals(
    'leaves nothing behind when its terminal is closed',
    async () => {
      const terminal = shell(`${process.execPath} ${ERIS} start`, ['script', '-qefc']);
      let shown = '';
      terminal.stdout?.on('data', (text: Buffer) => (shown += text.toString()));
      await until(() => shown.includes('Ctrl-C stops everything'), { ...PATIENCE, maxMs: 90_000 });
      const processes = family(terminal);
      expect(processes.length).toBeGreaterThanOrEqual(3);
      terminal.kill('SIGKILL');
      await until(() => isOver() && !processes.some(isAlive), PATIENCE);
    },
    150_000,
  );

  it.each([
    ['start 2>&1 | head -1', /embedded PostgreSQL is up/],
    ["demo --jobs 1 2>&1 | grep -m1 'is open'", /is open/],
  ])(
    'leaves nothing behind when its reader has seen enough: %s',
    async (text, seen) => {
      const pipeline = shell(`${process.execPath} ${ERIS} ${text}`);
      let shown = '';
      pipeline.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      await new Promise((resolve) => pipeline.once('close', resolve));
      expect(shown).toMatch(seen);
      expect(isOver()).toBe(true);
      expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    },
    150_000,
  );

  it.each(['SIGKILL', 'SIGQUIT'] as const)(
    'leaves nothing behind when it is ended by %s',
    async (signal) => {
      const eris = runEris({ env: { ERIS_DATA_DIR: dataDir } });
      await eris.url();
      const processes = descendants(eris.pid);
      await eris.end(signal);
      await until(() => isOver() && !processes.some(isAlive), PATIENCE);
      expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false); // it was told to end, and did so in order
    },
    150_000,
  );

  it('leaves nothing behind when the npm that started it is killed', async () => {
    const npm = shell('exec npm start');
    let shown = '';
    for (const stream of [npm.stdout, npm.stderr]) stream?.on('data', (text: Buffer) => (shown += text.toString()));
    await until(() => shown.includes('Ctrl-C stops everything'), { ...PATIENCE, maxMs: 90_000 });
    const processes = descendants(npm.pid ?? 0).slice(1);
    expect(processes.length).toBeGreaterThanOrEqual(3);
    npm.kill('SIGKILL');
    await until(() => isOver() && !processes.some(isAlive), PATIENCE);
    expect(shown).toContain('the npm that started this is gone');
  }, 150_000);

  it('ends in order where nobody reads its full output', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const pipeline = shell(`{ ${process.execPath} ${ERIS} start; echo "ended with $?" >&3; } 3>&2 2>&1 | sleep 600`, [], {
      PORT: new URL(url).port,
      LOG_LEVEL: 'info',
      ERIS_ACCESS_LOG: 'all',
    });
    let said = '';
    pipeline.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await until(
      () =>
        new ApiClient(url).get('/readyz').then(
          ({ status }) => status === 200,
          () => false,
        ),
      { ...PATIENCE, maxMs: 90_000 },
    );
    for (let asked = 0; asked < 1_000; asked += 1) await fetch(`${url}/v1/markets`).then((answer) => answer.text());
    const eris = family(pipeline).find((pid) => textOf(`/proc/${pid}/cmdline`).includes('eris.mjs')) ?? 0;
    const sleeper = descendants(pipeline.pid ?? 0).find((pid) => textOf(`/proc/${pid}/cmdline`).startsWith('sleep')) ?? 0;
    process.kill(eris, 'SIGTERM');
    await until(() => said !== '', { everyMs: 50, maxMs: 12_000 }); // a service that does not end is killed after 15 s
    expect(said).toBe('ended with 0\n');
    process.kill(sleeper, 'SIGTERM');
  }, 150_000);

  hasTerminals.each([
    ['nohup', `nohup ${process.execPath} ${ERIS} start > LOG 2>&1 & wait`],
    ["trap '' HUP", `trap '' HUP; ${process.execPath} ${ERIS} start > LOG 2>&1; true`],
  ])(
    'goes on under %s when its terminal is closed',
    async (_, text) => {
      const log = join(folder, 'log');
      const terminal = shell(text.replace('LOG', log), ['script', '-qefc']);
      const urlIn = (): string | undefined => /API +(http\S+)\/v1/.exec(textOf(log))?.[1];
      await until(() => urlIn() !== undefined, { ...PATIENCE, maxMs: 90_000 });
      const [eris] = family(terminal).filter((pid) => textOf(`/proc/${pid}/cmdline`).includes('eris.mjs'));
      terminal.kill('SIGKILL');
      process.kill(eris, 'SIGHUP');
      await until(() => !isAlive(terminal.pid ?? 0) || terminal.signalCode !== null, PATIENCE);
      expect(await new ApiClient(urlIn() ?? '').get('/readyz')).toMatchObject({ status: 200 });
      process.kill(eris, 'SIGTERM');
      await until(() => isOver() && !isAlive(eris), PATIENCE);
    },
    150_000,
  );

  it.each([
    ['initdb', () => existsSync(join(dataDir, 'postgres.new'))],
    ['the start of Postgres', () => existsSync(join(dataDir, 'postgres.log'))],
    ['the migrations and the start of the services', isServing],
  ])(
    'ends at the first signal during %s',
    async (_, isThere) => {
      const eris: ErisCommand = runEris({ env: { ERIS_DATA_DIR: dataDir } });
      await until(isThere, { everyMs: 5, maxMs: 90_000 });
      const processes = descendants(eris.pid);
      expect(await eris.end('SIGTERM')).not.toBe(1);
      await until(() => !processes.some(isAlive), PATIENCE);
      expect(isOver()).toBe(true);
      expect(readdirSync(dataDir)).not.toContain('postgres.new');
    },
    150_000,
  );
});

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not there yet, or no longer
  }
}
