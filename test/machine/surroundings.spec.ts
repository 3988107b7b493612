import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { type ErisCommand, isAlive, runEris, serverProcesses } from '../support/eris-command.js';
import { decidedBid, setScene } from '../support/scenes.js';
import { canRun } from '../support/tools.js';
import { until } from '../support/until.js';

const ADMIN_KEY = 'an-admin-key-for-machines-only-0123456789';
/** What people's shells hold for other servers. */
const FOREIGN = {
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGHOST: 'elsewhere.invalid',
  PGPORT: '1',
  PGUSER: 'somebody',
  PGPASSWORD: 'wrong',
  PGDATABASE: 'theirs',
  PGOPTIONS: '-c nonsense=1',
  PGAPPNAME: 'theirs',
  PGCLIENTENCODING: 'LATIN1',
  PGCLIENT_ENCODING: 'LATIN1',
  PGREPLICATION: 'database',
  PGCONNECT_TIMEOUT: '1',
  NODE_PG_FORCE_NATIVE: '1',
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eris-surroundings-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('mends its Postgres, keeps what was acknowledged, and is verified running and stopped, whatever PG* variables say', async () => {
  const dataDir = join(folder, 'data');
  const env = { ERIS_DATA_DIR: dataDir, ERIS_ADMIN_KEY: ADMIN_KEY, ...FOREIGN };
  const eris = runEris({ env });
  const client = new ApiClient(await eris.url());
  const scene = await setScene(client, ADMIN_KEY, { name: 'kept' });
  const bid = await decidedBid(client, scene, { idempotencyKey: 'kept' });
  const postmaster = Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  process.kill(postmaster, 'SIGKILL');
  await until(() => eris.output().includes('is up again'), { everyMs: 50, maxMs: 60_000 });
  await until(async () => (await client.get('/readyz')).status === 200, { everyMs: 50, maxMs: 30_000 });
  expect(isAlive(postmaster)).toBe(false);
  expect(await client.get(`/v1/bids/${bid.id}`, { key: scene.operatorKey })).toMatchObject({ status: 200, body: { status: bid.status } });
  expect(await decidedBid(client, scene, { idempotencyKey: 'after' })).toMatchObject({ status: 'accepted' });
  const verify = (): ErisCommand => runEris({ env, args: ['verify', '--market', scene.marketId] });
  const running = verify();
  expect([await running.ended(), running.output()]).toEqual([0, expect.stringContaining('is as its log says')]);
  expect(await eris.end()).toBe(0);
  const stopped = verify();
  expect([await stopped.ended(), stopped.output()]).toEqual([0, expect.stringContaining('is as its log says')]);
  expect(serverProcesses(dataDir)).toEqual([]);
}, 240_000);

it('speaks of a database that says nothing, gives it up, and ends at the first signal while it waits', async () => {
  const silent: Server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const env = { ERIS_DATA_DIR: join(folder, 'data'), DATABASE_URL: `postgresql://eris:hunter2@127.0.0.1:${port}/eris` };
  const [patient, hasty] = [runEris({ env }), runEris({ env })];
  await until(() => hasty.output().includes(`waiting for the database at 127.0.0.1:${port}`), { everyMs: 50, maxMs: 30_000 });
  const toldMs = performance.now();
  expect(await hasty.end('SIGTERM')).toBe(143); // as after a death by the signal
  expect(performance.now() - toldMs).toBeLessThan(10_000);
  expect(await patient.ended()).toBe(1);
  expect(patient.output()).toMatch(/127\.0\.0\.1:\d+\/eris cannot be reached: it does not answer/);
  expect(patient.output() + hasty.output()).not.toContain('hunter2');
  silent.close();
}, 120_000);

describe('a data folder that cannot be', () => {
  const file = (): string => {
    writeFileSync(join(folder, 'file'), 'mine');
    return join(folder, 'file');
  };
  it.each([
    ['in /proc', () => '/proc/x'],
    ['in /sys', () => '/sys/x'],
    ['below a device', () => '/dev/null/x'],
    ['a file', file],
    ['below a file', () => join(file(), 'x')],
  ])(
    'is named at once: %s',
    async (_, path) => {
      const eris = runEris({ env: { ERIS_DATA_DIR: path() } });
      expect(await eris.ended()).toBe(1);
      expect(eris.output()).toMatch(/^eris: .*(cannot be used|is no folder)[^\n]*ERIS_DATA_DIR[^\n]*\n$/);
    },
    60_000,
  );

  const MOUNTED = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o "$MODE" none "$ERIS_DATA_DIR" && exec "$@"', 'sh'];
  const withMounts = canRun(['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /mnt']) ? it : it.skip;
  withMounts.each([
    ['ro', /cannot be used[^\n]*can only be read/],
    ['size=3m', /No space left|disk is full/],
  ])(
    'is named where it is mounted with %s',
    async (mode, said) => {
      mkdirSync(join(folder, 'data'));
      const eris = runEris({ wrapper: MOUNTED, env: { ERIS_DATA_DIR: join(folder, 'data'), MODE: mode } });
      expect(await eris.ended()).toBe(1);
      expect(eris.output()).toMatch(said);
    },
    90_000,
  );
});

const NAMELESS = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups'];
(canRun(NAMELESS) ? it : it.skip)(
  'serves a user without a name, or tells him what to do',
  async () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    spawnSync('chown', ['12345:12345', data]);
    const eris = runEris({ wrapper: NAMELESS, env: { ERIS_DATA_DIR: data, HOME: folder } });
    if (!canRun([...NAMELESS, 'unshare', '--user', '--map-user=65534', '--'])) {
      expect(await eris.ended()).toBe(1);
      expect(eris.output()).toContain('>> /etc/passwd');
      return;
    }
    expect(await new ApiClient(await eris.url()).get('/readyz')).toMatchObject({ status: 200 });
    expect(await eris.end()).toBe(0);
  },
  120_000,
);

/** A clone without dependencies, with an npm that notes what it is asked for, and then waits. */
describe('the first start of a clone', () => {
  let child: ReturnType<typeof spawn>;
  const asked = (): string => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '');

  beforeEach(() => {
    for (const name of ['package.json', 'package-lock.json', 'scripts', 'bin'])
      cpSync(join(process.cwd(), name), join(folder, name), { recursive: true });
    const npm = join(folder, 'npm-cli.js');
    writeFileSync(
      npm,
      `require('fs').writeFileSync('asked', process.pid + ' ' + process.argv.slice(2).join(' ')); setTimeout(() => {}, 60000);`,
    );
    writeFileSync(join(folder, 'npm-cli.json'), '{}');
    const { PATH } = process.env;
    const env = { PATH, NODE_ENV: 'production', npm_config_omit: 'dev', npm_execpath: npm };
    rmSync(join(folder, 'package.json'));
    writeFileSync(join(folder, 'package.json'), '{}');
    child = spawn(process.execPath, [join(folder, 'bin', 'eris.mjs'), '--up-to-date', 'start'], { env, stdio: 'ignore' });
  });

  it('brings what the build needs, whatever is said of production, and ends with all its steps at the first signal', async () => {
    await until(() => asked() !== '', { everyMs: 20, maxMs: 30_000 });
    expect(asked()).toContain('ci --include=dev');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(143);
    await until(() => !isAlive(Number.parseInt(asked(), 10)), { everyMs: 20, maxMs: 10_000 });
  }, 60_000);
});
