import { AcceptBids, WakeUpNotifier } from '#market';
import { createBidInbox } from '#persistence';
import { createWakeUpQueue } from '#queue';
import { brokenLaws } from '../support/market-laws.js';
import { seedMarket, type SeededMarket, workload } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { hasRedis, startRedis, type TestRedis } from '../support/queue.js';
import { until } from '../support/until.js';
import { spawnWorker, type WorkerProcess } from '../support/worker-process.js';

const SOON = { everyMs: 20, maxMs: 20_000 };

describe.each(hasRedis() ? ['Postgres', 'Redis'] : ['Postgres'])('a worker process, its bell on %s', (backend) => {
  let database: TestDatabase;
  let market: SeededMarket;
  let redis: TestRedis | undefined;
  let workers: WorkerProcess[];

  const start = async (env: Record<string, string> = {}): Promise<WorkerProcess> => {
    const worker = spawnWorker({ DATABASE_URL: database.url, REDIS_URL: redis?.url, ...env });
    workers.push(worker);
    await worker.ready();
    return worker;
  };
  const decidedCount = async (): Promise<number> =>
    (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM decision')).rows[0].n;
  /** Accepts bids as the API does, bell included. */
  const accept = async (count: number, seed: number): Promise<void> => {
    const bell = createWakeUpQueue({ databaseUrl: database.url, redisUrl: redis?.url }, () => undefined);
    const ringing: Promise<void>[] = [];
    const notify = (marketId: bigint): Promise<void> => {
      const rung = bell.notify(marketId);
      ringing.push(rung);
      return rung;
    };
    await new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify }, () => undefined), {
      waitMs: 1,
      queueMax: 10_000,
    }).acceptMany(workload(market, count, seed, `s${seed}`));
    await Promise.all(ringing);
    await bell.close();
  };

  beforeAll(async () => {
    if (backend === 'Redis') redis = await startRedis();
  });
  afterAll(() => redis?.stop());
  beforeEach(async () => {
    workers = [];
    database = await createTestDatabase();
    market = await seedMarket(database.pool);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await database.drop();
  });

  it('decides what the bell rings for, and on SIGTERM ends the batch, gives the lease back and exits 0', async () => {
    const worker = await start({ ERIS_BATCH_MAX: '8' });
    await accept(200, 1);
    await until(async () => (await decidedCount()) > 0, SOON);
    expect(await worker.end('SIGTERM')).toBe(0);
    const decided = await decidedCount();
    expect(decided).toBeLessThan(200); // it was in the midst of the backlog
    expect(await brokenLaws(database.pool)).toEqual([]);
    const { rows } = await database.pool.query(`SELECT until < now() AS released FROM market_lease`);
    expect(rows).toEqual([{ released: true }]);
    await start();
    await until(async () => (await decidedCount()) === 200, SOON);
    expect(await brokenLaws(database.pool)).toEqual([]);
  }, 60_000);

  it('loses nothing and decides nothing twice when killed in the midst of a backlog while another worker runs', async () => {
    const both = await Promise.all([
      start({ ERIS_BATCH_MAX: '8', ERIS_LEASE_MS: '2000' }),
      start({ ERIS_BATCH_MAX: '8', ERIS_LEASE_MS: '2000' }),
    ]);
    await accept(500, 2);
    await until(async () => (await decidedCount()) > 20, SOON);
    const { rows } = await database.pool.query<{ owner: string }>('SELECT owner FROM market_lease');
    const holder = both.find(({ pid }) => rows[0].owner.includes(`-${pid}-`));
    expect(await holder?.end('SIGKILL')).toBeNull();
    expect(await decidedCount()).toBeLessThan(500);
    await until(async () => (await decidedCount()) === 500, SOON);
    expect(await brokenLaws(database.pool)).toEqual([]);
  }, 60_000);

  it('hands a market over when its worker is stopped for longer than its lease, and refuses what that one wanted to write', async () => {
    const env = { ERIS_BATCH_MAX: '8', ERIS_LEASE_MS: '1000' };
    const both = await Promise.all([start(env), start(env)]);
    await accept(500, 3);
    await until(async () => (await decidedCount()) > 20, SOON);
    const { rows } = await database.pool.query<{ owner: string; epoch: bigint }>('SELECT owner, epoch FROM market_lease');
    const holder = both.find(({ pid }) => rows[0].owner.includes(`-${pid}-`));
    holder?.signal('SIGSTOP');
    await until(async () => (await decidedCount()) === 500, SOON);
    holder?.signal('SIGCONT');
    await accept(50, 4); // whoever gets it: nothing of the old epoch comes through
    await until(async () => (await decidedCount()) === 550, SOON);
    const disorder = 'SELECT FROM (SELECT epoch, lag(epoch) OVER (ORDER BY sequence) AS before FROM decision) d WHERE epoch < before';
    expect((await database.pool.query(disorder)).rows).toEqual([]);
    expect((await database.pool.query('SELECT max(epoch) > $1 AS passed_on FROM decision', [rows[0].epoch])).rows).toEqual([
      { passed_on: true },
    ]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  }, 60_000);
});

describe('a worker process without its servers', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await createTestDatabase()));
  afterEach(() => database.drop());

  it('says so and exits 1 where there is no database', async () => {
    const worker = spawnWorker({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nothing' });
    expect(await worker.ended()).toBe(1);
    expect(worker.log()).toMatch(/the database does not answer/);
  }, 30_000);

  it('says so and exits 1 where the schema is not there', async () => {
    await database.pool.query('DROP TABLE undecided_bid');
    const worker = spawnWorker({ DATABASE_URL: database.url });
    expect(await worker.ended()).toBe(1);
    expect(worker.log()).toMatch(/apply the migrations/);
  }, 30_000);

  it('decides while Redis is away', async () => {
    const market = await seedMarket(database.pool);
    const worker = spawnWorker({ DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:9' });
    try {
      await worker.ready();
      await new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
        waitMs: 1,
        queueMax: 100,
      }).acceptMany(workload(market, 5, 3));
      await until(async () => (await database.pool.query('SELECT FROM decision')).rows.length === 5, SOON);
      expect(await worker.end('SIGTERM')).toBe(0);
    } finally {
      await worker.end('SIGKILL');
    }
  }, 60_000);

  it('goes on after the database has ended all its connections', async () => {
    const market = await seedMarket(database.pool);
    const worker = spawnWorker({ DATABASE_URL: database.url });
    const accept = new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
      waitMs: 1,
      queueMax: 1_000,
    });
    try {
      await worker.ready();
      await accept.acceptMany(workload(market, 100, 3));
      await until(async () => (await database.pool.query('SELECT FROM decision')).rows.length > 0, SOON);
      for (let cut = 0; cut < 3; cut++) {
        await database.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'eris%'`,
        );
      }
      await until(async () => (await database.pool.query('SELECT FROM decision')).rows.length === 100, SOON);
      expect(await brokenLaws(database.pool)).toEqual([]);
    } finally {
      await worker.end('SIGKILL');
    }
  }, 60_000);
});
