import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { descendants, ERIS, type ErisCommand, isAlive, runEris, serverProcesses } from '../support/eris-command.js';
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

  const shell = (text: string, wrapper: readonly string[] = []): ChildProcess => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', ERIS_DATA_DIR: dataDir, SHELL: '/bin/sh' };
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

  hasTerminals(
    'goes on under nohup when its terminal is closed',
    async () => {
      const log = join(folder, 'log');
      const terminal = shell(`nohup ${process.execPath} ${ERIS} start > ${log} 2>&1 & wait`, ['script', '-qefc']);
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
