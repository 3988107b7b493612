import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOptions, descendants, type ErisCommand, isAlive, runEris, serverProcesses } from '../support/eris-command.js';
import { ApiClient } from '../support/api-client.js';
import { canRun } from '../support/tools.js';
import { until } from '../support/until.js';

/** A container's view: process ids of its own, so that neither sees the other's processes. */
const CONTAINER = ['unshare', '--pid', '--fork', '--ipc', '--mount-proc', '--kill-child'];
/** As a container may be: root, but without the rights to look into other users' processes. */
const WEAK = ['setpriv', '--bounding-set', '-sys_ptrace,-sys_admin', '--inh-caps', '-sys_ptrace,-sys_admin'];

/** What is real: two whole Eris on one folder. */
describe('a data folder', () => {
  let folder: string;
  let dataDir: string;
  const running: ErisCommand[] = [];
  const run = (options: Partial<CommandOptions> = {}): ErisCommand => {
    const eris = runEris({ ...options, env: { ERIS_DATA_DIR: dataDir, ...options.env } });
    running.push(eris);
    return eris;
  };
  /** But for what a running Postgres makes and removes by itself. */
  const files = (): string[] =>
    readdirSync(dataDir, { recursive: true })
      .map(String)
      .filter((file) => !/pg_internal\.init|pgsql_tmp|postgres\/pg_wal\//.test(file))
      .sort();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eris-machine-'));
    dataDir = join(folder, 'data');
  });

  afterEach(async () => {
    for (const eris of running.splice(0)) {
      for (const pid of descendants(eris.pid).filter((each) => each !== eris.pid)) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
      await eris.end();
    }
    await until(() => serverProcesses(dataDir).length === 0, { everyMs: 50, maxMs: 20_000 });
    rmSync(folder, { recursive: true, force: true });
  });

  const withContainers = canRun(CONTAINER) ? it : it.skip;

  withContainers(
    'is one container’s: the second one says who has it and changes nothing',
    async () => {
      const first = run({ wrapper: CONTAINER });
      await first.url();
      const before = files();
      const logs = statSync(join(dataDir, 'postgres.log')).size;
      const second = run({ wrapper: CONTAINER });
      expect(await second.ended()).toBe(1);
      expect(second.output()).toMatch(/Another Eris \(process 1 on \S+ in another container.*, since 20\d\d-.* uses the data folder/);
      expect(files()).toEqual(before);
      expect(statSync(join(dataDir, 'postgres.log')).size).toBe(logs);
      expect(await new ApiClient(await first.url()).get('/readyz')).toMatchObject({ status: 200 });
    },
    120_000,
  );

  withContainers(
    'is left alone where the server of an Eris that was killed works on in another container',
    async () => {
      const first = run({ wrapper: ['unshare', '--pid', '--fork', '--ipc', '--mount-proc', 'sh', '-c', '"$@" & wait; sleep 20', 'sh'] });
      await first.url();
      const eris = descendants(first.pid).find((pid) => commandOf(pid).includes('eris.mjs'));
      process.kill(eris ?? 0, 'SIGKILL');
      const second = run();
      // Seen from outside, the processes of the first one are there to be ended: whoever has the folder may.
      await second.url();
      expect(await new ApiClient(await second.url()).get('/readyz')).toMatchObject({ status: 200 });
      const third = run({ wrapper: CONTAINER });
      expect(await third.ended()).toBe(1);
      expect(await new ApiClient(await second.url()).get('/readyz')).toMatchObject({ status: 200 });
    },
    120_000,
  );

  it('is let go of when its Eris is killed: the next one ends the server that was left', async () => {
    const first = run();
    await first.url();
    for (const pid of guardsOf(first.pid)) process.kill(pid, 'SIGKILL'); // what would end the server is gone as well
    await first.end('SIGKILL');
    expect(serverProcesses(dataDir)).not.toEqual([]);
    const second = run({ wrapper: canRun(WEAK) ? WEAK : [] });
    expect(await new ApiClient(await second.url()).get('/readyz')).toMatchObject({ status: 200 });
  }, 120_000);

  it('is one’s of two first starts, again and again', async () => {
    for (const round of ['first', 'second']) {
      dataDir = join(folder, round);
      const both = [run(), run()];
      const ends = await Promise.all(both.map((eris) => Promise.race([eris.ended(), eris.url().then(() => 'serves')])));
      expect(ends.map(String).sort()).toEqual(['1', 'serves']);
      expect(both[ends.indexOf(1)].output()).toContain('Another Eris');
      expect(await both[ends.indexOf('serves')].end()).toBe(0);
      expect(readdirSync(dataDir)).not.toContain('postgres.new');
    }
  }, 120_000);
});

/** The shells that watch over its server. */
const guardsOf = (pid: number): number[] => descendants(pid).filter((each) => commandOf(each).startsWith('/bin/sh -c'));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 2).join(' ');
  } catch {
    return ''; // gone
  }
}
