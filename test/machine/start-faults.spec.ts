import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { listMigrations } from '#persistence';
import { spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type Program, runToEnd } from '../support/program.js';
import { hasProgram } from '../support/tools.js';
import { until } from '../support/until.js';
import { spawnWorker } from '../support/worker-process.js';

// Real: the programs as processes, Postgres, sockets. Nothing is faked but servers that are no Postgres.
const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';
const SERVICES: readonly Program[] = ['api', 'worker'];
const EVERY: readonly Program[] = ['api', 'worker', 'migrate', 'verify'];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.drop());

async function listening(onSocket: (socket: Socket) => void): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

describe('a database that cannot be used', () => {
  it.each(EVERY)(
    'is said by %s in one line where it takes connections and says nothing',
    async (program) => {
      const silent = await listening(() => undefined);
      const { code, output, lines } = await runToEnd(program, {
        DATABASE_URL: `postgres://eris:s3cret@127.0.0.1:${silent.port}/eris?connect_timeout=1`,
      });
      silent.close();
      expect(output).toMatch(/it does not answer: something takes the connection and says nothing/);
      expect(output).not.toContain('s3cret');
      expect([code, lines.length]).toEqual([1, 1]);
    },
    60_000,
  );

  it.each(EVERY)(
    'is said by %s where the password in its address is not escaped, without a piece of it',
    async (program) => {
      const { code, output } = await runToEnd(program, { DATABASE_URL: 'postgres://eris:s3cr@t/w0rd@127.0.0.1/eris' });
      expect(code).toBe(1);
      expect(output).toContain('DATABASE_URL has a character that must be escaped');
      expect(output).not.toMatch(/s3cr|w0rd|ENOTFOUND/);
    },
    60_000,
  );

  const withOpenssl = hasProgram('openssl', 'version') ? it : it.skip;
  withOpenssl(
    'is said by eris migrate where its certificate is self-signed, with what mends it',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'eris-tls-'));
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=db'],
        {
          stdio: 'ignore',
        },
      );
      const files = { key: readFileSync(key), cert: readFileSync(cert) };
      const server = await listening((socket) =>
        socket.once('data', () => {
          socket.write('S');
          new TLSSocket(socket, { isServer: true, ...files }).on('error', () => socket.destroy());
        }),
      );
      const address = `postgres://eris:s3cret@localhost:${server.port}/eris`;
      const strict = await runToEnd('migrate', { DATABASE_URL: `${address}?sslmode=require` });
      expect(strict.output).toMatch(/certificate is signed by nobody whom this machine trusts.*sslrootcert=FILE.*sslmode=no-verify/);
      expect([strict.code, strict.lines.length]).toEqual([1, 1]);
      const known = await runToEnd('migrate', { DATABASE_URL: `${address}?sslmode=verify-full&sslrootcert=${cert}` });
      expect(known.output).toMatch(/its certificate is of another name than localhost/);
      server.close();
      rmSync(folder, { recursive: true });
    },
    60_000,
  );
});

describe('variables of others', () => {
  const FOREIGN = {
    HOST: 'x86_64-conda-linux-gnu',
    PGHOST: 'nowhere.invalid',
    PGPORT: '1',
    PGUSER: 'nobody',
    PGPASSWORD: 'wrong',
    PGDATABASE: 'nothing',
    PGSSLMODE: 'require',
    PGSSLNEGOTIATION: 'direct',
    PGOPTIONS: '-c timezone=Asia/Kolkata -c default_transaction_read_only=on',
    PGAPPNAME: 'theirs',
    PGCLIENTENCODING: 'LATIN1',
    PGSERVICEFILE: '/nonexistent',
    PGCONNECT_TIMEOUT: '1',
    NODE_PG_FORCE_NATIVE: '1',
    TZ: 'America/New_York',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
  };

  it('change nothing of how the API and the worker run', async () => {
    const env = { ...FOREIGN, DATABASE_URL: database.url, ERIS_ADMIN_KEY: ADMIN_KEY };
    const [api, worker] = [spawnApi(env), spawnWorker(env)];
    const url = await api.url();
    await worker.ready();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(api.output()).toMatch(/HOST=x86_64-conda-linux-gnu is no address of this machine .*Set ERIS_HOST/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(rows.map(({ name }) => name)).not.toContain('theirs');
    expect(await Promise.all([api.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0]);
  }, 60_000);

  it.each(SERVICES)(
    'are named by %s where they are meant for it and wrong, a line each',
    async (program) => {
      const env = { DATABASE_URL: 'mysql://db/eris', LOG_LEVEL: 'loud', ERIS_LEASE_MS: '1', ERIS_PORT: 'x' };
      const { code, output, lines } = await runToEnd(program, env);
      expect(code).toBe(1);
      for (const name of Object.keys(env)) expect(lines.filter((line) => line.trim().startsWith(`${name} `))).toHaveLength(1);
      expect(output).not.toMatch(/^\s+at /m);
    },
    60_000,
  );

  it('are named where ERIS_HOST is no address of this machine', async () => {
    const { code, output } = await runToEnd('api', { DATABASE_URL: database.url, ERIS_HOST: 'nowhere.invalid' });
    expect(code).toBe(1);
    expect(output).toMatch(/ERIS_HOST must be an address of this machine/);
  }, 60_000);
});

describe("the worker's metrics", () => {
  it('are served on this machine only, unless told otherwise', async () => {
    const probe = await listening(() => undefined);
    probe.close();
    const port = String(probe.port);
    const worker = spawnWorker({ DATABASE_URL: database.url, ERIS_WORKER_METRICS_PORT: port });
    await worker.ready();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const addresses = readFileSync('/proc/net/tcp', 'utf8').split('\n').concat(readFileSync('/proc/net/tcp6', 'utf8').split('\n'));
    const hex = Number(port).toString(16).toUpperCase().padStart(4, '0');
    const bound = addresses
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === '0A' && local.endsWith(`:${hex}`));
    expect(bound.map(([, local]) => local)).toEqual([`0100007F:${hex}`]);
    expect(await worker.end('SIGTERM')).toBe(0);
  }, 60_000);

  it('end the start in one line where their port is taken', async () => {
    const other = await listening(() => undefined);
    const { code, lines } = await runToEnd('worker', { DATABASE_URL: database.url, ERIS_WORKER_METRICS_PORT: String(other.port) });
    other.close();
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^ERIS_WORKER_METRICS_PORT: port ${other.port} of 127.0.0.1 is taken`))]);
    expect(code).toBe(1);
  }, 60_000);
});

describe('a schema of another version', () => {
  const set = async (text: string, values: unknown[] = []): Promise<void> => void (await database.pool.query(text, values));
  const applied = (name: string): Promise<void> =>
    set(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ($1, '', now(), $1)`, [name]);
  const forget = (name: string): Promise<void> => set(`DELETE FROM _prisma_migrations WHERE migration_name = $1`, [name]);
  const env = () => ({ DATABASE_URL: database.url, ERIS_ADMIN_KEY: ADMIN_KEY });
  /** Readiness is asked of the database once in half a second, so a change is told that much later. */
  const turns = (url: string, status: number): Promise<void> =>
    until(async () => (await fetch(`${url}/readyz`)).status === status, { everyMs: 50, maxMs: 5_000 });

  it('is refused at the start by all, each saying what to do', async () => {
    const last = (await listMigrations()).at(-1) as string;
    await set(`UPDATE _prisma_migrations SET migration_name = 'x' WHERE migration_name = $1`, [last]);
    for (const program of ['api', 'worker', 'verify'] as const) {
      const { code, output } = await runToEnd(program, env());
      expect(output).toMatch(new RegExp(`has an older schema than this version: it lacks ${last}. Run .npx eris migrate. first`));
      expect(code).toBe(1);
    }
    await set(`UPDATE _prisma_migrations SET migration_name = $1 WHERE migration_name = 'x'`, [last]);
    await applied('20990101000000_change_everything');
    for (const program of EVERY) {
      const { code, output } = await runToEnd(program, env());
      expect(output).toMatch(/has been migrated by a newer version of Eris \(20990101000000_change_everything\).*start that version/);
      expect(code).toBe(1);
    }
    await forget('20990101000000_change_everything');
  }, 120_000);

  it('is worked with where it only adds, and noticed while the API runs', async () => {
    await applied('20990101000000_add_a_thing');
    const api = spawnApi(env());
    const url = await api.url();
    expect(api.output()).toMatch(/newer version of Eris .20990101000000_add_a_thing., with which this one works/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await applied('20990101000001_change_everything');
    await turns(url, 503);
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ type: 'urn:eris:problem:schema_mismatch' });
    await until(() => api.output().includes('start that version'), { everyMs: 50, maxMs: 5_000 });
    await forget('20990101000001_change_everything');
    await turns(url, 200);
    await forget('20990101000000_add_a_thing');
    expect(await api.end('SIGTERM')).toBe(0);
  }, 60_000);
});
