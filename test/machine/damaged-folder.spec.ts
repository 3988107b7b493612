import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type EmbeddedPostgres, startEmbeddedPostgres } from '#persistence';

const QUICK = { fsync: 'off', full_page_writes: 'off' };

/** Data folders as a loss of power, an unfinished copy or an older version leaves them. What is real: the server and its files. */
describe('a damaged data folder', () => {
  let folder: string;
  let whole: string;
  let dataDir: string;
  let server: EmbeddedPostgres | undefined;

  const at = (...names: string[]): string => join(dataDir, ...names);
  const start = async (): Promise<EmbeddedPostgres> => (server = await startEmbeddedPostgres({ dataDir, settings: QUICK }));
  const answers = async (): Promise<unknown> => {
    const { url } = await start();
    const pool = createPool(url, { max: 1 });
    try {
      return (await pool.query('SELECT seven FROM kept')).rows;
    } finally {
      await pool.end();
    }
  };
  const KEPT = [{ seven: 7 }];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eris-damaged-'));
    whole = join(folder, 'whole');
    const first = await startEmbeddedPostgres({ dataDir: whole, settings: QUICK });
    const pool = createPool(first.url, { max: 1 });
    await pool.query('CREATE TABLE kept AS SELECT 7 AS seven');
    await pool.end();
    cpSync(join(whole, 'postgres', 'postmaster.pid'), join(folder, 'postmaster.pid'));
    await first.stop();
  }, 120_000);

  beforeEach(() => {
    dataDir = mkdtempSync(join(folder, 'data-'));
    cpSync(whole, dataDir, { recursive: true });
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['is empty', () => ''],
    ['is garbled', () => '\u0000\u0000\u0000'],
    ['is cut short', (text: string) => text.slice(0, 3)],
    ['names a process that somebody else now is', (text: string) => text.replace(/^\d+/, String(process.pid))],
  ])(
    'starts where the process id of a crashed server %s',
    async (_, damaged) => {
      writeFileSync(at('postgres', 'postmaster.pid'), damaged(readFileSync(join(folder, 'postmaster.pid'), 'utf8')));
      expect(await answers()).toEqual(KEPT);
    },
    60_000,
  );

  it.each([
    ['eris.lock', ''],
    ['eris.lock', '\u0000\u0000'],
    ['postgres.lock', '{"pid":'],
    ['postgres.owner', '\u0000'],
  ])(
    'starts where %s holds %j',
    async (name, text) => {
      writeFileSync(at(name), text);
      expect(await answers()).toEqual(KEPT);
    },
    60_000,
  );

  it.each(['', '\u0000\u0000'])(
    'says what to do where the password is %j, and makes no new one',
    async (text) => {
      writeFileSync(at('postgres', 'eris.password'), text);
      await expect(start()).rejects.toThrow(/eris\.password, is empty or garbled[^]*ALTER ROLE eris PASSWORD/);
      expect(readFileSync(at('postgres', 'eris.password'), 'utf8')).toBe(text);
    },
    60_000,
  );

  it('says what to do where the password is another one', async () => {
    writeFileSync(at('postgres', 'eris.password'), 'another\n');
    await expect(start()).rejects.toThrow(/does not take the password[^]*ALTER ROLE eris PASSWORD/);
  }, 60_000);

  it('names an empty PG_VERSION', async () => {
    writeFileSync(at('postgres', 'PG_VERSION'), '');
    await expect(start()).rejects.toThrow(/PG_VERSION is empty or garbled[^]*backup/);
  }, 60_000);

  it('keeps what an unfinished copy left, and names it', async () => {
    rmSync(at('postgres', 'PG_VERSION'));
    await expect(start()).rejects.toThrow(/holds no database[^]*Nothing was changed/);
    expect(existsSync(at('postgres', 'base'))).toBe(true);
  }, 60_000);

  it('takes a folder of an older version, whose password lies beside the data', async () => {
    renameSync(at('postgres', 'eris.password'), at('postgres.password'));
    expect(await answers()).toEqual(KEPT);
  }, 60_000);

  it('completes what an older version left between its two last steps', async () => {
    renameSync(at('postgres', 'eris.password'), at('postgres.password'));
    mkdirSync(at('postgres.new'));
    renameSync(at('postgres'), at('postgres.new', 'data'));
    expect(await answers()).toEqual(KEPT);
  }, 60_000);

  it('makes no new server in the place of one that is away', async () => {
    renameSync(at('postgres', 'eris.password'), at('postgres.password'));
    renameSync(at('postgres'), join(folder, 'away'));
    await expect(start()).rejects.toThrow(/postgres\.password is there, but its database .* is not/);
    expect(readdirSync(dataDir)).not.toContain('postgres');
  }, 60_000);

  it('begins anew over the draft of a first start that was killed', async () => {
    renameSync(at('postgres'), at('postgres.new'));
    await start();
    expect(readdirSync(dataDir)).not.toContain('postgres.new');
  }, 60_000);
});
