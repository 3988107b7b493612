import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool, FolderInUse, startEmbeddedPostgres, type EmbeddedPostgres } from '#persistence';

/** What is tested here does not hang on the disk; one test does without. */
const QUICK = { fsync: 'off', full_page_writes: 'off' };
const isLinux = process.platform === 'linux';

/** What is real: the server, its files, its processes. What is fake: nothing. */
describe('startEmbeddedPostgres', () => {
  let dataDir: string;
  const started: EmbeddedPostgres[] = [];

  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, settings: QUICK });
    started.push(server);
    return server;
  };
  const ask = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
    const pool = createPool(url, { max: 1 });
    try {
      return (await pool.query(text)).rows;
    } finally {
      await pool.end();
    }
  };
  const serverProcesses = (): string[] => {
    const folder = path.join(dataDir, 'postgres');
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && folderOf(name) === folder);
  };

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'eris-embedded-')); // mode 0700: nobody else may enter
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('serves from nothing, in a folder that only we may enter, and leaves no process', async () => {
    const server = await startEmbeddedPostgres({ dataDir });
    started.push(server);
    expect(await ask(server.url, 'SELECT current_database() AS name, 2::int8 AS two')).toEqual([{ name: 'eris', two: 2n }]);
    await server.stop();
    await server.ended;
    expect(isLinux ? serverProcesses() : []).toEqual([]);
  }, 60_000);

  it('keeps its data over a restart', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    await first.stop();
    const second = await start();
    expect(await ask(second.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  }, 60_000);

  it('refuses a second one while the first one runs, names it, and changes nothing', async () => {
    const server = await start();
    const before = readdirSync(dataDir).map((name) => [name, statSync(path.join(dataDir, name)).mtimeMs]);
    const second = startEmbeddedPostgres({ dataDir });
    await expect(second).rejects.toThrow(FolderInUse);
    await expect(second).rejects.toThrow(new RegExp(`process ${process.pid} on .*, since 20`));
    expect(readdirSync(dataDir).map((name) => [name, statSync(path.join(dataDir, name)).mtimeMs])).toEqual(before);
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('lets exactly one of two first starts have the folder', async () => {
    const starts = await Promise.allSettled([start(), start()]);
    expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(starts.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(FolderInUse) });
    expect(await ask(started[0].url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('starts a server that was killed again, where it was, and loses nothing', async () => {
    const server = await start();
    const { port } = server;
    await ask(server.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    process.kill(Number.parseInt(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
    await server.ended;
    await server.restart();
    expect(server.port).toBe(port);
    expect(await ask(server.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  }, 60_000);

  it('ends a start at once that is told to', async () => {
    const end = new AbortController();
    const starting = startEmbeddedPostgres({ dataDir, settings: QUICK, signal: end.signal });
    setTimeout(() => end.abort(new Error('told to end')), 300);
    await expect(starting).rejects.toThrow('told to end');
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
    expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('says so where the data are of another version', async () => {
    await (await start()).stop();
    writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
    await expect(start()).rejects.toThrow(/are of PostgreSQL 12/);
  }, 60_000);

  it('says why where it cannot start', async () => {
    const settings = { ...QUICK, shared_buffers: 'much' };
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(/did not start[^]*shared_buffers/);
  }, 60_000);
});

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // gone, or not ours to see
  }
}
