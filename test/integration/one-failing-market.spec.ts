import { AppendReceipts, TickRealtime } from '#market';
import { createClockStore, createReceiptStore } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases, makeOperator, openMarket } from '../support/tenants.js';

// Real: Postgres, which refuses what a trigger of this test refuses; the use cases. Time is an argument.
interface Failure {
  readonly marketId: bigint;
  readonly retryInMs: number;
}

let database: TestDatabase;
let cold: ColdUseCases;
let markets: bigint[];
beforeAll(async () => {
  database = await createTestDatabase();
  cold = coldUseCases(database.url);
  const operator = await makeOperator(cold, 'operator');
  markets = [];
  for (const name of ['first', 'second', 'third']) markets.push((await openMarket(cold, operator, name)).marketId);
  await database.pool.query(`UPDATE market SET clock = 'realtime', slot_minutes = 1, opened_at = now() - interval '90 seconds'`);
  await database.pool.query(`
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'this one fails'; END $$;
    CREATE TRIGGER fails BEFORE INSERT ON receipt FOR EACH ROW WHEN (NEW.market_id = ${markets[0]}) EXECUTE FUNCTION fail();
    CREATE TRIGGER fails BEFORE UPDATE OF slot ON market FOR EACH ROW WHEN (NEW.id = ${markets[0]}) EXECUTE FUNCTION fail()`);
}, 60_000);
afterAll(async () => {
  await cold.close();
  await database.drop();
});

it('keeps the clocks of the others going, is told by its number, and rests for longer each time', async () => {
  let nowMs = Date.now();
  const failures: Failure[] = [];
  const onFailed = (marketId: bigint, _cause: unknown, retryInMs: number): void => void failures.push({ marketId, retryInMs });
  const ticker = new TickRealtime(createClockStore(database.pool), { nowMs: () => nowMs }, onFailed);
  expect(await ticker.run()).toBe(2);
  expect(await ticker.run()).toBe(0); // it rests
  expect(failures).toEqual([{ marketId: markets[0], retryInMs: 1_000 }]);
  for (let again = 0; again < 8; again++) {
    nowMs += 60_000;
    expect(await ticker.run()).toBe(2);
  }
  expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  await database.pool.query('DROP TRIGGER fails ON market');
  nowMs += 60_000;
  expect(await ticker.run()).toBe(3);
});

it('keeps the receipts of the others coming, and catches up', async () => {
  let nowMs = 0;
  const failures: bigint[] = [];
  const sealer = new AppendReceipts(createReceiptStore(database.pool), { nowMs: () => nowMs }, (marketId) => failures.push(marketId));
  expect(await sealer.run(1)).toBeGreaterThan(0);
  expect(failures).toEqual([markets[0]]);
  const sealed = async (): Promise<bigint[]> =>
    (await database.pool.query<{ id: bigint }>('SELECT DISTINCT market_id AS id FROM receipt ORDER BY 1')).rows.map(({ id }) => id);
  expect(await sealed()).toEqual(markets.slice(1));
  expect(await sealer.run(1)).toBe(0);
  await database.pool.query('DROP TRIGGER fails ON receipt');
  nowMs += 1_000;
  expect(await sealer.run(1)).toBeGreaterThan(0);
  expect(await sealed()).toEqual(markets);
});
