import { verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { createAuditSource, createPool, findPendingMigrations, listenForChanges, type MarketChange, migrate } from '#persistence';
import type { Pool } from 'pg';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

function inSchema(url: string, schema: string): string {
  const address = new URL(url);
  address.searchParams.set('schema', schema);
  return address.href;
}

// Real: Postgres, the API, a worker. Two tenants of one database, each in a schema of its own.
describe('a schema of its own', () => {
  let tenant: TestApi;
  let tenantUrl: string;
  let pool: Pool;
  let scene: Scene;
  const changes: Record<'tenant' | 'public', MarketChange[]> = { tenant: [], public: [] };
  const listeners: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    const by = async (url: string): Promise<string> => {
      tenantUrl = inSchema(url, 'Tenant_1');
      await migrate(tenantUrl);
      return tenantUrl;
    };
    tenant = await startTestApi({ by });
    pool = createPool(tenantUrl, { max: 2 });
    const listen = (url: string, into: MarketChange[]): void =>
      void listeners.push(listenForChanges(url, { onChange: (change) => into.push(change), onTrouble: () => undefined }));
    listen(tenantUrl, changes.tenant);
    listen(tenant.databaseUrl, changes.public);
    await until(async () => (await listening()) >= 2, { everyMs: 20, maxMs: 10_000 });
    scene = await setScene(tenant.client, tenant.adminKey, { name: 'tenant' });
  }, 120_000);
  const listening = async (): Promise<number> => {
    const text = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'eris-changes' AND query LIKE 'LISTEN%'`;
    return (await pool.query<{ count: number }>(text)).rows[0].count;
  };
  afterAll(async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await pool.end();
    await tenant.close();
  });

  it('holds everything that its address leads to, and leaves the other one alone', async () => {
    expect(await decidedBid(tenant.client, scene, { idempotencyKey: 'one' })).toMatchObject({ status: 'accepted' });
    expect(await findPendingMigrations(pool)).toEqual([]);
    const counts = async (schema: string): Promise<number[]> => {
      const tables = ['organisation', 'api_key', 'market', 'site', 'bid', 'decision', 'event', 'account', 'transfer'];
      const text = `SELECT ${tables.map((table) => `(SELECT count(*)::int FROM "${schema}".${table})`).join(', ')}`;
      return (await pool.query<number[]>({ text, rowMode: 'array' })).rows[0];
    };
    expect(await counts('public')).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(Math.min(...(await counts('Tenant_1')))).toBeGreaterThan(0);
    const outcome = await verifyMarket(createAuditSource(pool), BigInt(scene.marketId), { kinds: standardKinds() });
    expect(outcome.kind === 'verified' ? outcome.verification.findings : outcome.kind).toEqual([]);
  }, 60_000);

  it('is told of its own markets only, and has a bell of its own', async () => {
    await until(() => changes.tenant.some(({ isDecided }) => isDecided), { everyMs: 20, maxMs: 10_000 });
    expect(changes.public).toEqual([]);
    if (process.env.REDIS_URL) return;
    const { rows } = await pool.query<{ name: string }>(`SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'bullmq%' ORDER BY 1`);
    expect(rows.map(({ name }) => name)).toEqual(['bullmq_Tenant_1']);
  }, 60_000);

  it('is made by a migration, once, beside others', async () => {
    expect(await migrate(tenantUrl)).toEqual([]);
    expect((await migrate(inSchema(tenantUrl, 'second'))).length).toBeGreaterThan(5);
  }, 60_000);
});
