import { standardKinds } from '#kinds';
import { History, KeepSnapshots, LogReplay, type MarketState, openSlots, stateOf } from '#market';
import { capacityOf, pricesOf, usageOf } from '#mechanism';
import { createAuditSource, createBookSource, createHistoryStore } from '#persistence';
import { AuditedMarket } from '../support/audited-market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let market: AuditedMarket;
/** The replayed book after each entry of the log, slot by slot: the replay decides every bid again. */
const replayed = new Map<bigint, Cells[]>();
beforeAll(async () => {
  database = await createTestDatabase();
  market = await AuditedMarket.open(database);
  await market.live();
  await createAuditSource(database.pool).within(market.marketId, async (audit) => {
    const replay = new LogReplay(audit.market, audit.accounts, standardKinds());
    for (let after = 0n; ;) {
      const records = await audit.records(after);
      if (records.length === 0) return;
      for (const record of records) {
        expect(replay.step(record)).toEqual([]);
        replayed.set(record.sequence, cellsIn(replay.open.book.baseSlot, replay.open.book));
        after = record.sequence;
      }
    }
  });
}, 60_000);
afterAll(async () => {
  await market.close();
  await database.drop();
});

interface Cells {
  readonly slot: number;
  readonly used: readonly number[];
  readonly capacity: readonly number[];
  readonly prices: readonly bigint[];
}

function cellsIn(first: number, book: Parameters<typeof usageOf>[0]): Cells[] {
  return Array.from({ length: book.slotCount }, (_, index) => {
    const slot = first + index;
    return { slot, used: usageOf(book, slot), capacity: capacityOf(book, slot), prices: pricesOf(book, slot) };
  });
}

const cellsOf = (state: MarketState): Cells[] => cellsIn(state.head.slot, openSlots(state, state.head.slot, state.horizonSlots));
const clock = { nowMs: () => performance.now() };
const sequences = (): bigint[] => [...replayed.keys()];
const past = async (sequence: bigint): Promise<MarketState> => {
  const found = await new History(createHistoryStore(database.pool), standardKinds()).at(market.marketId, sequence);
  if (!found) throw new Error(`nothing at ${sequence}`);
  return found.state;
};
const kept = async (): Promise<bigint[]> => {
  const { rows } = await database.pool.query<{ sequence: bigint }>(`SELECT sequence FROM market_snapshot ORDER BY sequence`);
  return rows.map(({ sequence }) => sequence);
};

it('is, at every entry of the log, the book that deciding all of it again leads to', async () => {
  expect(sequences().length).toBeGreaterThan(50);
  for (const sequence of sequences()) expect([sequence, cellsOf(await past(sequence))]).toEqual([sequence, replayed.get(sequence)]);
  const rows = await createBookSource(database.pool).load(market.marketId);
  const last = await past(sequences()[sequences().length - 1]);
  if (!rows) throw new Error('the market is there');
  expect(last).toEqual({ ...stateOf(rows), usage: last.usage });
  expect(cellsOf(last)).toEqual(cellsOf(stateOf(rows)));
}, 60_000);

it('is the same made from states that are kept, by two workers at once and again', async () => {
  const keepers = [0, 1].map(() => new KeepSnapshots(createHistoryStore(database.pool), standardKinds(), clock));
  await Promise.all(keepers.map((keeper) => keeper.run(10_000)));
  const states = await kept();
  expect(states.length).toBeGreaterThan(0);
  expect(states.length).toBeLessThan(sequences().length / 5);
  for (const sequence of sequences()) expect([sequence, cellsOf(await past(sequence))]).toEqual([sequence, replayed.get(sequence)]);
  await new KeepSnapshots(createHistoryStore(database.pool), standardKinds(), clock).run(10_000);
  expect(await kept()).toEqual(states);
  await createHistoryStore(database.pool).forget(market.marketId);
  expect(await kept()).toEqual([]);
  await keepers[0].run(10_000);
  expect((await kept()).length).toBeGreaterThan(0);
}, 60_000);

it('is told of no entry that there is not', async () => {
  const history = new History(createHistoryStore(database.pool), standardKinds());
  expect(await history.at(market.marketId, BigInt(sequences().length + 1))).toBeUndefined();
  expect(await history.at(999n, 1n)).toBeUndefined();
});
