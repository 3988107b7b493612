import { randomBytes } from 'node:crypto';
import { verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { createAuditSource, createBase, createPool } from '#persistence';
import { createSession } from '#postgres';
import pg from 'pg';
import { type TestApi, startTestApi } from '../support/api.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: Postgres, with what its owner may have set for a database or a role; the API; a worker. Nothing is faked.
const NEAR_MS = 60_000;
const PRICES = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.01' }; // nothing is free
const HOSTILE: Readonly<Record<string, string>> = {
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  bytea_output: 'escape',
  extra_float_digits: '-10',
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  statement_timeout: '20ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '50ms',
  search_path: 'nowhere',
  synchronous_commit: 'off',
  row_security: 'off',
  session_replication_role: 'replica',
};

async function aside(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
const roles: { readonly url: string; readonly name: string }[] = [];

/** A role whose sessions begin with these settings; dropped at the end. */
async function makeRole(url: string, rights: string, settings: Readonly<Record<string, string>>): Promise<string> {
  const name = `eris_role_${randomBytes(6).toString('hex')}`;
  const set = Object.entries(settings).map(([setting, value]) => `ALTER ROLE ${name} SET ${setting} TO '${value}'`);
  await aside(url, `CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${rights}`, ...set);
  roles.push({ url, name });
  const address = new URL(url);
  address.username = name;
  address.password = 'secret';
  return address.href;
}

afterAll(async () => {
  for (const { url, name } of roles) {
    const server = new URL(url);
    server.pathname = '/postgres';
    await aside(server.href, `DROP ROLE ${name}`);
  }
});

/** Whether a time is now, give or take. */
const isNow = (time: string | Date): boolean => Math.abs(new Date(time).getTime() - Date.now()) < NEAR_MS;

/** Lives a little: a realtime market, money, a bid that is decided. @returns what is not of now. */
async function timesOf(api: TestApi, scene: Scene): Promise<string[]> {
  const { operatorKey: key, marketId, bidders } = scene;
  const bid = await decidedBid(api.client, scene, { idempotencyKey: 'one', body: jobBody(scene.siteIds) });
  const entries = (await api.client.get(`/v1/accounts/${bidders[0].accountId}/entries`, { key })).body.items as {
    kind: string;
    at: string;
  }[];
  expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(['deposit', 'hold']));
  const { rows } = await api.pool.query<{ what: string; at: Date }>(
    `SELECT 'market' AS what, opened_at AS at FROM market UNION ALL SELECT 'event ' || kind, at FROM event UNION ALL SELECT 'organisation', created_at FROM organisation
     UNION ALL SELECT 'key', created_at FROM api_key UNION ALL SELECT 'transfer ' || kind, created_at FROM transfer UNION ALL SELECT 'bid', received_at FROM bid
     UNION ALL SELECT 'decision', decided_at FROM decision UNION ALL SELECT 'request', created_at FROM idempotency_record`,
  );
  const market = (await api.client.get(`/v1/markets/${marketId}`, { key })).body;
  const told = [market.openedAt, bid.receivedAt, ...entries.map(({ at }) => at)].filter((at) => at !== undefined);
  return [...rows.filter(({ at }) => !isNow(at)).map(({ what, at }) => `${what} ${at.toISOString()}`), ...told.filter((at) => !isNow(at))];
}

describe.each([
  [
    'a database in New York',
    (url: string) => aside(url, `ALTER DATABASE ${databaseOf(url)} SET timezone TO 'America/New_York'`).then(() => url),
  ],
  [
    'a database in Kolkata that writes the day first',
    (url: string) =>
      aside(
        url,
        `ALTER DATABASE ${databaseOf(url)} SET timezone TO 'Asia/Kolkata'`,
        `ALTER DATABASE ${databaseOf(url)} SET DateStyle TO 'SQL, DMY'`,
      ).then(() => url),
  ],
  ['a role with hostile settings', (url: string) => makeRole(url, 'SUPERUSER', { ...HOSTILE, timezone: 'Pacific/Apia' })],
])('%s', (name, by) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ by });
  }, 60_000);
  afterAll(() => api.close());

  it('has right times, clocks in step, and a history that verifies', async () => {
    const scene = await setScene(api.client, api.adminKey, { name, market: { clock: 'realtime', slotMinutes: 1, prices: PRICES } });
    expect(await timesOf(api, scene)).toEqual([]);
    const outcome = await verifyMarket(createAuditSource(api.pool), BigInt(scene.marketId), { kinds: standardKinds() });
    expect(outcome.kind === 'verified' ? outcome.verification.findings : outcome.kind).toEqual([]);
    await api.pool.query(`UPDATE market SET opened_at = opened_at - interval '3 minutes'`); // rather than to wait
    const slot = async (): Promise<number> => (await api.client.get(`/v1/markets/${scene.marketId}`, { key: scene.operatorKey })).body.slot;
    await until(async () => (await slot()) >= 3, { everyMs: 100, maxMs: 20_000 });
    expect(await slot()).toBeLessThanOrEqual(4);
  }, 60_000);
});

describe('every kind of connection', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ worker: false });
  }, 60_000);
  afterAll(() => api.close());

  const NAMES = [...Object.keys(HOSTILE), 'timezone'];
  const ASKED = `SELECT ${NAMES.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')}`;

  it('has the same session, whatever its role has', async () => {
    const url = await makeRole(api.databaseUrl, 'SUPERUSER', { ...HOSTILE, timezone: 'Pacific/Apia' });
    const [pool, base, session] = [createPool(url, { max: 1 }), createBase(url), createSession(url, { application: 'eris-test' })];
    await session.connect();
    const found = [
      (await pool.query<Record<string, string>>(ASKED)).rows[0],
      await base.read(async (db) => (await db.$queryRawUnsafe<Record<string, string>[]>(ASKED))[0]),
      (await session.query<Record<string, string>>(ASKED)).rows[0],
    ];
    await Promise.all([pool.end(), base.close(), session.end()]);
    for (const settings of found)
      expect(settings).toEqual({
        DateStyle: 'ISO, MDY',
        IntervalStyle: 'postgres',
        bytea_output: 'hex',
        extra_float_digits: '1',
        client_encoding: 'UTF8',
        standard_conforming_strings: 'on',
        default_transaction_isolation: 'read committed',
        default_transaction_read_only: 'off',
        statement_timeout: '0',
        lock_timeout: '0',
        idle_in_transaction_session_timeout: '0',
        idle_session_timeout: '0',
        search_path: '"public", pg_temp',
        synchronous_commit: 'on',
        row_security: 'on',
        session_replication_role: 'origin',
        timezone: 'UTC',
      });
  });

  it.each(['on', 'local', 'remote_write', 'remote_apply'])('keeps synchronous_commit = %s', async (level) => {
    const url = await makeRole(api.databaseUrl, '', { synchronous_commit: level });
    const pool = createPool(url, { max: 1 });
    expect((await pool.query<{ level: string }>(`SELECT current_setting('synchronous_commit') AS level`)).rows[0].level).toBe(level);
    await pool.end();
  });

  it('is refused, with what to do, where the triggers of the ledger would not fire', async () => {
    const url = await makeRole(api.databaseUrl, '', { session_replication_role: 'replica' });
    const pool = createPool(url, { max: 1 });
    await expect(pool.query('SELECT 1')).rejects.toThrow(/session_replication_role = replica.*ALTER ROLE/);
    await pool.end();
  });
});
