import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import pg from 'pg';

/** Clients of pgbench and of the inserts: the same for both. */
const CLIENTS = 32;
const SCALE = 10;
const DATABASE = 'eris_yardstick';

/** What this Postgres on this machine does without us. */
export interface Yardsticks {
  /** Transactions per second of `pgbench -N`; undefined without the program, or where none ended in the time. */
  pgbench(seconds: number): Promise<number | undefined>;
  /** One row per statement and commit, per second: the row is as long as a bid. */
  inserts(seconds: number, body: string): Promise<number>;
  close(): Promise<void>;
}

/** Makes a database of its own beside ours and fills it for pgbench, where there is one. */
export async function openYardsticks(databaseUrl: string): Promise<Yardsticks> {
  const url = new URL(databaseUrl);
  await once(databaseUrl, `DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
  await once(databaseUrl, `CREATE DATABASE ${DATABASE}`);
  url.pathname = `/${DATABASE}`;
  const program = await findPgbench();
  if (program === undefined) console.log('pgbench: not found on PATH or in /usr/lib/postgresql; its figure is left out');
  else await pgbench(program, url, ['-i', '-q', '-s', String(SCALE)]);
  await once(url.href, 'CREATE TABLE row_by_row (id bigserial PRIMARY KEY, market bigint, key text UNIQUE, body jsonb)');
  return {
    pgbench: async (seconds) =>
      program === undefined
        ? undefined
        : tpsOf(await pgbench(program, url, ['-N', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds)])),
    inserts: (seconds, body) => inserts(url.href, seconds, body),
    close: () => once(databaseUrl, `DROP DATABASE ${DATABASE} WITH (FORCE)`),
  };
}

async function once(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function findPgbench(): Promise<string | undefined> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch((cause: NodeJS.ErrnoException) => (cause.code === 'ENOENT' ? [] : Promise.reject(cause)));
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin'));
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...newest]) {
    const names: string[] = await readdir(folder).catch(() => []); // a folder on the path that isn't there
    if (names.includes('pgbench')) return join(folder, 'pgbench');
  }
  return undefined;
}

function pgbench(program: string, url: URL, args: readonly string[]): Promise<string> {
  const where = ['-h', url.hostname, '-p', url.port || '5432', '-U', decodeURIComponent(url.username), DATABASE];
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(url.password) };
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, ...where], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`pgbench ended with ${code}: ${err.slice(-500)}`))));
  });
}

/** Undefined where no transaction ended in the time: a second may be too short on a busy machine. */
function tpsOf(out: string): number | undefined {
  const found = /tps = ([\d.]+)/.exec(out);
  if (found) return Number(found[1]);
  if (/transactions actually processed: 0\b/.test(out)) return undefined;
  throw new Error(`pgbench said no tps: ${out}`);
}

async function inserts(url: string, seconds: number, body: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CLIENTS });
  await Promise.all(Array.from({ length: CLIENTS }, async () => void (await pool.query('SELECT 1'))));
  const round = process.hrtime.bigint();
  const endMs = performance.now() + seconds * 1000;
  let stored = 0;
  const startedMs = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const values = [1, `${round}-${stored++}`, body];
      await pool.query({ name: 'one-row', text: 'INSERT INTO row_by_row (market, key, body) VALUES ($1, $2, $3)', values });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const perSecond = (stored * 1000) / (performance.now() - startedMs);
  await pool.end();
  return perSecond;
}

const SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'commit_delay',
];

/** The settings that figures depend on, as the server has them. */
export async function settingsOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; text: string }>(
    `SELECT name, current_setting(name) AS text FROM unnest($1::text[]) AS name`,
    [SETTINGS],
  );
  await client.end();
  return rows.map(({ name, text }) => `${name} ${text}`).join(', ');
}
