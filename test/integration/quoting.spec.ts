import {
  AcceptBids,
  AdvanceClock,
  BookReader,
  createThinker,
  DecideMarkets,
  FairQueue,
  type PricesOutcome,
  QuoteBid,
  type QuoteOutcome,
  ReadPrices,
  WakeUpNotifier,
  type SlotPrices,
} from '#market';
import { type BidBody, standardKinds } from '#kinds';
import { createBidInbox, createBookSource, createClockStore, createDecidingStore } from '#persistence';
import { newBid, seedMarket, type SeededMarket, smallJob } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => performance.now() };
const thinker = createThinker(standardKinds(), clock);
const asTheyAre = (prices: SlotPrices): SlotPrices => prices;
const queue = new FairQueue({ atOnce: 1, perOrganisation: 4, perTenant: 4, inAll: 4 });
const pace = { loop: queue, cellsAtOnce: 1_000, pause: () => Promise.resolve() };

describe('prices and quotes', () => {
  let database: TestDatabase;
  let market: SeededMarket;
  let books: BookReader;

  const quote = (body: object, organisationId = market.bidderIds[0]): Promise<QuoteOutcome> =>
    new QuoteBid(books, { kinds: standardKinds(), thinker, queue, loop: queue }).run({
      marketId: market.marketId,
      organisationId,
      body: body as BidBody,
    });
  const prices = (from?: number, to?: number, organisationId = market.bidderIds[0]): Promise<PricesOutcome<SlotPrices>> =>
    new ReadPrices(createBookSource(database.pool), { slots: 500, cells: 20_000 }, pace).run(
      { marketId: market.marketId, organisationId, from, to },
      asTheyAre,
    );
  const bid = async (key: string, body: object): Promise<void> => {
    const silent = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);
    await new AcceptBids(createBidInbox(database.pool), silent, { waitMs: 0, queueMax: 10 }).accept(
      newBid(market, market.bidderIds[0], key, body),
    );
    const limits = { owner: key, leaseMs: 10_000, batchMax: 10, thinkMs: 1_000 };
    await new DecideMarkets(createDecidingStore(database.pool), standardKinds(), limits, clock).run(market.marketId);
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    market = await seedMarket(database.pool, { reserveMicros: 1_000n });
    books = new BookReader(createBookSource(database.pool), thinker, 1_000_000);
  });
  afterAll(() => database.drop());

  it('quotes what the bid then pays, and the prices rise with it', async () => {
    const job = smallJob(market, 5_000);
    const quoted = await quote(job);
    const before = await prices();
    await bid('first', job);
    const { rows } = await database.pool.query(
      'SELECT completion, payment_micros AS price, value_micros AS value, price_version FROM decision',
    );
    expect(quoted).toMatchObject({ kind: 'quoted', arrivalSlot: 0, priceVersion: 1n });
    expect(rows).toEqual([{ ...(quoted.kind === 'quoted' ? quoted.best : {}), price_version: 1n }]);
    const after = await prices();
    expect([before, after].map((answer) => answer.kind === 'prices' && answer.priceVersion)).toEqual([1n, 2n]);
    expect(before.kind === 'prices' && before.slots[0].cells.every((price) => price === 1_000n)).toBe(true);
    expect(after.kind === 'prices' && after.slots.some(({ cells }) => cells.some((price) => price > 1_000n))).toBe(true);
  });

  it('leaves nothing behind and says why nothing fits', async () => {
    const refused = await quote(smallJob(market, 0.000001));
    expect(refused).toMatchObject({ kind: 'quoted', best: null, refusal: { code: 'price_above_value' } });
    expect(await quote({ ...smallJob(market, 1), chunks: { 999999: 1 } })).toMatchObject({
      kind: 'faults',
      faults: [{ path: '$.chunks.999999' }],
    });
    expect((await database.pool.query('SELECT count(*)::int AS n FROM bid')).rows).toEqual([{ n: 1 }]);
  });

  it('follows the clock: the window begins at the slot of the market', async () => {
    const move = { marketId: market.marketId, slot: 3, organisationId: market.operatorId };
    await new AdvanceClock(createClockStore(database.pool), clock, () => undefined).run(move);
    const all = await prices();
    expect(all.kind === 'prices' && [all.slots[0].slot, all.slots.length, all.priceVersion]).toEqual([3, 50, 3n]);
    const some = await prices(0, 4);
    expect(some.kind === 'prices' && some.slots.map(({ slot }) => slot)).toEqual([3, 4]);
  });

  it('answers large windows in pieces, and says where the next one begins', async () => {
    const source = createBookSource(database.pool);
    const whole = await prices();
    const read: unknown[] = [];
    const pieces: number[] = [];
    const byPieces = new ReadPrices(source, { slots: 500, cells: 28 * 20 }, pace);
    const operator = { marketId: market.marketId, organisationId: market.operatorId };
    for (let from: number | null = 0; from !== null;) {
      const piece: PricesOutcome<SlotPrices> = await byPieces.run({ ...operator, from }, asTheyAre);
      if (piece.kind !== 'prices') throw new Error('the operator sees its market');
      read.push(...piece.slots);
      pieces.push(piece.slots.length);
      from = piece.nextSlot;
    }
    expect(pieces).toEqual([20, 20, 10]);
    expect(read).toEqual(whole.kind === 'prices' && whole.slots);
    const tiny = new ReadPrices(source, { slots: 500, cells: 1 }, pace); // one slot is always told
    expect(await tiny.run({ ...operator, from: 52 }, asTheyAre)).toMatchObject({
      slots: [{ slot: 52 }],
      nextSlot: null,
    });
  });

  it('pauses whenever so many prices were computed and shown, however many an answer has', async () => {
    let pauses = 0;
    const pause = (): Promise<unknown> => Promise.resolve((pauses += 1));
    const whole = await prices();
    for (const [cellsAtOnce, expected] of [
      [60, 16], // after every third slot of 28 prices
      [10, 50 * 2], // slots in parts of 10, 10 and 8
      [10_000, 0],
    ]) {
      pauses = 0;
      const slices = new ReadPrices(createBookSource(database.pool), { slots: 500, cells: 20_000 }, { loop: queue, cellsAtOnce, pause });
      const sliced = await slices.run({ marketId: market.marketId, organisationId: market.operatorId }, asTheyAre);
      expect([sliced, pauses >= expected]).toEqual([whole, true]);
    }
  });

  it('does not know the market of another operator', async () => {
    const stranger = await seedMarket(database.pool, { operator: 'another' });
    expect(await prices(undefined, undefined, stranger.bidderIds[0])).toEqual({ kind: 'market_unknown' });
    expect(await quote(smallJob(market, 1), stranger.operatorId)).toEqual({ kind: 'market_unknown' });
  });

  it('gives many readers one book', async () => {
    let loads = 0;
    const source = createBookSource(database.pool);
    const counted = new BookReader({ ...source, load: (marketId) => (loads++, source.load(marketId)) }, thinker, 1_000_000);
    const seen = await counted.find(market.marketId, market.operatorId);
    if (!seen) throw new Error('the operator sees its market');
    const read = await Promise.all(Array.from({ length: 20 }, () => counted.read(seen)));
    expect(read.every((open) => open?.state.head.slot === 3)).toBe(true);
    expect(loads).toBeLessThan(20);
    await counted.read(seen);
    expect(loads).toBeLessThan(20);
  });
});
