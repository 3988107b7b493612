import { chmodSync, cpSync, lchownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { type ErisCommand, runEris, serverProcesses } from '../support/eris-command.js';
import { canRun } from '../support/tools.js';
import { until } from '../support/until.js';

const USER = 1; // daemon, wherever there are users at all
const as = (uid: number): readonly string[] => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
const isRoot = process.getuid?.() === 0;

/** Several users and one folder. What is real: the users, the folder, whole runs of Eris. */
(isRoot && canRun(as(USER)) ? describe : describe.skip)('a data folder of', () => {
  let folder: string;
  let dataDir: string;
  let running: ErisCommand | undefined;

  const run = (uid: number): ErisCommand =>
    (running = runEris({ wrapper: uid === 0 ? [] : as(uid), env: { ERIS_DATA_DIR: dataDir, HOME: folder } }));
  const serves = async (uid: number): Promise<void> => {
    const eris = run(uid);
    expect(await new ApiClient(await eris.url()).get('/readyz')).toMatchObject({ status: 200 });
    expect(await eris.end()).toBe(0);
  };
  const fails = async (uid: number): Promise<string> => {
    const eris = run(uid);
    expect(await eris.ended()).toBe(1);
    return eris.output();
  };
  const owners = (): number[] => [
    ...new Set(readdirSync(dataDir, { recursive: true }).map((name) => statSync(join(dataDir, String(name))).uid)),
  ];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eris-owners-'));
    chmodSync(folder, 0o755);
    dataDir = join(folder, 'data');
  });

  afterEach(async () => {
    await running?.end();
    await until(() => serverProcesses(dataDir).length === 0, { everyMs: 50, maxMs: 20_000 });
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('a user serves root too, and then the user again', async () => {
    mkdirSync(dataDir);
    lchownSync(dataDir, USER, USER);
    await serves(0);
    expect(owners()).toEqual([USER]);
    await serves(USER);
    await serves(0);
    expect(owners()).toEqual([USER]);
  }, 180_000);

  it('root is refused to a user with the command that mends it, and is root’s as before', async () => {
    await serves(0);
    const password = readFileSync(join(dataDir, 'postgres', 'eris.password'), 'utf8');
    const said = await fails(USER);
    expect(said).toContain(`sudo chown -R ${USER}:${USER} ${dataDir}`);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(join(dataDir, 'postgres', 'eris.password'), 'utf8')).toBe(password);
    await serves(0);
    execFileSync('chown', ['-R', `${USER}:${USER}`, dataDir]);
    await serves(USER);
  }, 180_000);

  it('another one serves root when root has copied it', async () => {
    await serves(0);
    const copy = join(folder, 'copy');
    cpSync(dataDir, copy, { recursive: true });
    execFileSync('chown', ['-R', '0:0', copy]);
    chmodSync(join(copy, 'postgres'), 0o755);
    dataDir = copy;
    await serves(0);
  }, 180_000);

  it('a user without a name serves him and root', async () => {
    mkdirSync(dataDir);
    lchownSync(dataDir, 12_345, 12_345);
    await serves(0);
    expect(owners()).toEqual([12_345]);
    await serves(12_345);
  }, 180_000);
});
