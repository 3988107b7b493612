import { setTimeout as sleep } from 'node:timers/promises';
import { type WakeUpQueue, type WakeUpListener, type QueueConnection, createWakeUpQueue, createWakeUpListener } from '#queue';
import { layCable } from '../support/fault-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { hasRedis, startRedis, type TestRedis } from '../support/queue.js';
import { until } from '../support/until.js';

const SOON = { everyMs: 10, maxMs: 10_000 };

describe.each(hasRedis() ? ['Postgres', 'Redis'] : ['Postgres'])('the bell on %s', (backend) => {
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let site: QueueConnection;
  let bell: WakeUpQueue;
  let errors: unknown[];
  let listeners: WakeUpListener[];

  const listen = (onWake: (marketId: bigint) => Promise<void>, concurrency = 4): void => {
    listeners.push(createWakeUpListener({ ...site, concurrency, onWake, onError: (cause) => errors.push(cause) }));
  };

  beforeAll(async () => {
    if (backend === 'Redis') redis = await startRedis();
  });
  afterAll(() => redis?.stop());
  beforeEach(async () => {
    database = await createTestDatabase();
    site = { databaseUrl: database.url, redisUrl: redis?.url };
    errors = [];
    listeners = [];
    bell = createWakeUpQueue(site, (cause) => errors.push(cause));
  });
  afterEach(async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await bell.close();
    await database.drop();
  });

  it('wakes for the market that was rung for', async () => {
    const woken: bigint[] = [];
    listen(async (marketId) => void woken.push(marketId));
    await Promise.all([bell.notify(7n), bell.notify(2n ** 62n)]);
    await until(() => woken.length === 2, SOON);
    expect(new Set(woken)).toEqual(new Set([7n, 2n ** 62n]));
    expect(errors).toEqual([]);
  });

  it('wakes once more for rings that come during a run, never twice at once', async () => {
    let running = 0,
      most = 0,
      runs = 0;
    listen(async () => {
      most = Math.max(most, ++running);
      runs++;
      await sleep(150);
      running--;
    });
    await bell.notify(1n);
    await until(() => running === 1, SOON);
    for (let ring = 0; ring < 5; ring++) await bell.notify(1n);
    await until(() => runs === 2 && running === 0, SOON);
    await sleep(100);
    expect([runs, most]).toEqual([2, 1]);
  });

  it('can be rung again after a run that failed', async () => {
    let runs = 0;
    listen(() => (++runs === 1 ? Promise.reject(new Error('not this time')) : Promise.resolve()));
    await bell.notify(1n);
    await until(() => errors.length === 1, SOON);
    await bell.notify(1n);
    await until(() => runs === 2, SOON);
  });

  it('remembers one ring while nobody listens', async () => {
    for (let ring = 0; ring < 5; ring++) await bell.notify(3n);
    const woken: bigint[] = [];
    listen(async (marketId) => void woken.push(marketId));
    await until(() => woken.length > 0, SOON);
    await sleep(100);
    expect(woken).toEqual([3n]);
  });
});

describe('a listener on Postgres', () => {
  it('hears rings once its database is there, though it was not when it began', async () => {
    const database = await createTestDatabase();
    const cable = await layCable(database.url);
    cable.cut();
    const errors: unknown[] = [];
    const woken: bigint[] = [];
    const onWake = async (marketId: bigint) => void woken.push(marketId);
    const listener = createWakeUpListener({ databaseUrl: cable.url, concurrency: 1, onWake, onError: (cause) => errors.push(cause) });
    await until(() => errors.length > 0, SOON);
    const before = errors.length;
    await sleep(300);
    expect(errors.length - before).toBeLessThan(5); // it asks again after a pause, and leaves the event loop to others
    cable.mend();
    const bell = createWakeUpQueue({ databaseUrl: database.url }, (cause) => errors.push(cause));
    await bell.notify(5n);
    await until(() => woken.length > 0, SOON);
    expect(woken).toEqual([5n]);
    await Promise.all([listener.close(), bell.close()]);
    await cable.close();
    await database.drop();
  });

  it('can be closed before its database is there', async () => {
    const listener = createWakeUpListener({
      databaseUrl: 'postgresql://nobody@127.0.0.1:9/nothing',
      concurrency: 1,
      onWake: () => Promise.resolve(),
      onError: () => undefined,
    });
    await listener.close();
  });
});

describe('a bell without its server', () => {
  it.each([
    { databaseUrl: 'postgresql://nobody@127.0.0.1:9/nothing' },
    { databaseUrl: 'postgresql://nobody@127.0.0.1:9/nothing', redisUrl: 'redis://127.0.0.1:9' },
  ])(
    'says so within its time and can be closed',
    async (site) => {
      const bell = createWakeUpQueue(site, () => undefined);
      await expect(bell.notify(1n)).rejects.toThrow();
      await bell.close();
    },
    15_000,
  );
});
