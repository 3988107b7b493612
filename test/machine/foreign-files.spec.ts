import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type EmbeddedPostgres, startEmbeddedPostgres } from '#persistence';
import { canRun } from '../support/tools.js';

const QUICK = { fsync: 'off', full_page_writes: 'off' };
const OTHER = 1; // daemon, wherever there are users at all
const isRoot = process.getuid?.() === 0 && canRun(['setpriv', `--reuid=${OTHER}`, '--']);

/** Single files of another user in a data folder, below a folder that only root enters. What is real: users, files, the server, the commands that are advised. */
(isRoot ? describe : describe.skip)('a data folder of root', () => {
  let folder: string;
  let whole: string;
  let dataDir: string;
  let owner: string;
  let server: EmbeddedPostgres | undefined;

  const at = (...names: string[]): string => join(dataDir, 'postgres', ...names);
  const failure = (): Promise<string> =>
    startEmbeddedPostgres({ dataDir, settings: QUICK }).then(
      (started) => {
        server = started;
        return 'it started';
      },
      (cause: unknown) => (cause as Error).message,
    );
  const follow = (command: string | undefined): void => void execFileSync('sh', ['-c', command ?? 'false']);
  const answers = async (): Promise<unknown> => {
    server = await startEmbeddedPostgres({ dataDir, settings: QUICK });
    const pool = createPool(server.url, { max: 1 });
    try {
      return (await pool.query('SELECT seven FROM kept')).rows;
    } finally {
      await pool.end();
    }
  };
  const KEPT = [{ seven: 7 }];
  const ownersNow = (): number[] =>
    [...new Set(readdirSync(at(), { recursive: true }).map((name) => statSync(at(String(name))).uid))].sort();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eris-foreign-'));
    whole = join(folder, 'whole');
    const first = await startEmbeddedPostgres({ dataDir: whole, settings: QUICK });
    const pool = createPool(first.url, { max: 1 });
    await pool.query('CREATE TABLE kept AS SELECT 7 AS seven');
    await pool.end();
    await first.stop();
    const { uid, gid } = statSync(join(whole, 'postgres'));
    owner = `${uid}:${gid}`;
  }, 120_000);

  beforeEach(() => {
    dataDir = mkdtempSync(join(folder, 'data-'));
    execFileSync('cp', ['-a', `${whole}/.`, dataDir]);
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([['postgresql.conf'], ['PG_VERSION'], ['global'], ['base/1/1259'], ['base/16384'], ['postmaster.opts']])(
    'is refused with the command that mends it where %s is root’s',
    async (name) => {
      lchownSync(at(name), 0, 0);
      const said = await failure();
      expect(said).toContain(`${at(name)} belongs to user root (0)`);
      expect(said).toContain(`\`chown -R ${owner} ${at()}\``);
      expect(said.split('\n')).toHaveLength(1);
      expect(statSync(at(name)).uid).toBe(0);
      follow(/`(chown[^`]*)`/.exec(said)?.[1]);
      expect(await answers()).toEqual(KEPT);
    },
    60_000,
  );

  it('is refused, and left to its user, where only the folder itself was given to root', async () => {
    execFileSync('chown', ['-R', `${OTHER}:${OTHER}`, at()]);
    lchownSync(at(), 0, 0);
    const said = await failure();
    expect(said).toContain(`\`chown -R ${OTHER}:${OTHER} ${at()}\``);
    expect(ownersNow()).toEqual([OTHER]);
    follow(/`(chown[^`]*)`/.exec(said)?.[1]);
    expect(await answers()).toEqual(KEPT);
  }, 60_000);

  it('is refused with the command that mends it where a file may not be written', async () => {
    chmodSync(at('base', '1', '1259'), 0o400);
    const said = await failure();
    expect(said).toContain(`\`chmod -R u+rwX ${at()}\``);
    follow(/`(chmod[^`]*)`/.exec(said)?.[1]);
    expect(await answers()).toEqual(KEPT);
  }, 60_000);

  it('gets a new password by the command that is advised', async () => {
    rmSync(at('eris.password'));
    const said = await failure();
    const command = /: (\(cd .*\))\. Nothing/s.exec(said)?.[1];
    expect(spawnSync('sh', ['-c', command ?? 'false'], { encoding: 'utf8' })).toMatchObject({ status: 0 });
    expect(readFileSync(at('eris.password'), 'utf8').trim()).toHaveLength(32);
    expect(await answers()).toEqual(KEPT);
  }, 60_000);

  it('names a folder in the place of the password', async () => {
    rmSync(at('eris.password'));
    mkdirSync(at('eris.password'));
    const said = await failure();
    expect(said).toContain(`${at('eris.password')}, is a folder. Remove that`);
  }, 60_000);
});
