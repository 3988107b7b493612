import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool, EmbeddedPostgresError, startEmbeddedPostgres, type EmbeddedPostgres } from '#persistence';

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

  it('refuses a second owner while the first one runs', async () => {
    const server = await start();
    writeFileSync(path.join(dataDir, 'postgres.owner'), `${process.ppid}\n`);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(EmbeddedPostgresError);
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('ends the server of an owner that was killed, and loses nothing', async () => {
    const orphan = await start();
    await ask(orphan.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    writeFileSync(path.join(dataDir, 'postgres.owner'), `${await pidOfNobody()}\n`);
    const next = await start();
    await orphan.ended;
    expect(await ask(next.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  }, 60_000);

  it('starts after a crash whose process id somebody else now has', async () => {
    const crashed = await start();
    const pidFile = path.join(dataDir, 'postgres', 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    process.kill(Number(lines[0]), 'SIGKILL');
    await crashed.ended;
    writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'));
    const next = await start();
    expect(await ask(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
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

async function pidOfNobody(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}
