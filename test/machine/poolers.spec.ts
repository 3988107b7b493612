import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ApiClient } from '../support/api-client.js';
import { spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type Program, runToEnd } from '../support/program.js';
import { decidedBid, setScene } from '../support/scenes.js';
import { hasProgram } from '../support/tools.js';
import { until } from '../support/until.js';
import { spawnWorker } from '../support/worker-process.js';

// Real: Postgres, PgBouncer, the programs as processes.
const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';
const PGBOUNCER = ['pgbouncer', '/usr/sbin/pgbouncer'].find((program) => hasProgram(program, '--version'));
if (PGBOUNCER === undefined) process.stderr.write('eris: poolers not tried: there is no pgbouncer here (apt-get install pgbouncer)\n');
const withPgBouncer = PGBOUNCER === undefined ? describe.skip : describe;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A PgBouncer before a database. @returns the address through it. */
async function startPgBouncer(databaseUrl: string, mode: 'session' | 'transaction'): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'eris-pgbouncer-'));
  chmodSync(folder, 0o755);
  const target = new URL(databaseUrl);
  const port = await freePort();
  const name = target.pathname.slice(1);
  writeFileSync(join(folder, 'users.txt'), `"${target.username}" "${target.password}"\n`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
${name} = host=${target.hostname} port=${target.port} dbname=${name} user=${target.username} password=${target.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = ${mode}
default_pool_size = 40
ignore_startup_parameters = options
`,
  );
  const asUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child: ChildProcess = spawn(PGBOUNCER ?? '', [join(folder, 'pgbouncer.ini')], { ...asUser, stdio: 'ignore' });
  const url = new URL(databaseUrl);
  url.port = String(port);
  await until(() => answers(url.href), { everyMs: 50, maxMs: 10_000 });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true });
  };
  return { url: url.href, stop };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

withPgBouncer('PgBouncer', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterEach(() => database.drop());

  it('is refused in transaction mode by every program, with what to do', async () => {
    const bouncer = await startPgBouncer(database.url, 'transaction');
    for (const program of ['api', 'worker', 'migrate', 'verify'] as const satisfies readonly Program[]) {
      const { code, output } = await runToEnd(program, { DATABASE_URL: bouncer.url });
      expect(output).toMatch(/leads through a pooler that gives each transaction another session.*pool_mode = session/);
      expect(code).toBe(1);
    }
    await bouncer.stop();
  }, 120_000);

  it('carries all of Eris in session mode', async () => {
    const bouncer = await startPgBouncer(database.url, 'session');
    const env = { DATABASE_URL: bouncer.url, ERIS_ADMIN_KEY: ADMIN_KEY };
    expect((await runToEnd('migrate', env)).output).toBe('nothing to do\n');
    const [api, worker] = [spawnApi(env), spawnWorker(env)];
    const client = new ApiClient(await api.url());
    await worker.ready();
    const scene = await setScene(client, ADMIN_KEY, { name: 'behind a pooler' });
    expect(await decidedBid(client, scene, { idempotencyKey: 'one' })).toMatchObject({ status: 'accepted' });
    expect((await runToEnd('verify', env)).output).toContain('is as its log says');
    expect(await Promise.all([api.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0]);
    await bouncer.stop();
  }, 120_000);
});
