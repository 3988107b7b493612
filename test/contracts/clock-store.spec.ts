import { DecideMarkets } from '#market';
import { standardKinds } from '#kinds';
import { newBid, smallJob } from '../support/market.js';
import type { Backend, MarketOptions } from './backend.js';
import { BACKENDS } from './backends.js';

const NO_MARKET = 1_000_000n;
const LIMITS = { owner: 'one', leaseMs: 20_000, batchMax: 60, thinkMs: 10_000 };

describe.each(BACKENDS)('a clock store over %s', (_, open) => {
  let backend: Backend;
  let marketId: bigint;
  let operatorId: bigint;
  const begin = async (options?: MarketOptions): Promise<void> => {
    backend = await open(options);
    [{ marketId, operatorId }] = backend.markets;
  };
  const place = async (keys: readonly string[]): Promise<bigint[]> => {
    const [market] = backend.markets;
    const bids = keys.map((key) => newBid(market, market.bidderIds[0], key, smallJob(market, 5_000)));
    return (await backend.inbox.insert(bids)).map((answer) => (answer.kind === 'queued' ? answer.bidId : 0n));
  };
  const decide = () => new DecideMarkets(backend.deciding, standardKinds(), LIMITS, { nowMs: () => performance.now() }).run(marketId);

  afterEach(() => backend.close());

  it("finds an operator's own market, and nobody else's", async () => {
    await begin();
    expect(await backend.clock.findOwned(marketId, operatorId)).toMatchObject({ marketId, slot: 0, status: 'open', horizonSlots: 50 });
    expect(await backend.clock.findOwned(marketId, backend.markets[0].bidderIds[0])).toBeUndefined();
    expect(await backend.clock.findOwned(NO_MARKET, operatorId)).toBeUndefined();
  });

  it('tells what is undecided', async () => {
    await begin();
    expect(await backend.clock.lastUndecided(marketId)).toBeUndefined();
    expect(await backend.clock.hasUndecidedUpTo(marketId, 10n ** 9n)).toBe(false);
    const [first, second] = await place(['a', 'b']);
    expect(await backend.clock.lastUndecided(marketId)).toBe(second);
    expect(await backend.clock.undecidedCount(marketId)).toBe(2);
    expect(await backend.clock.hasUndecidedUpTo(marketId, first)).toBe(true);
    expect(await backend.clock.hasUndecidedUpTo(marketId, first - 1n)).toBe(false);
    await decide();
    expect(await backend.clock.undecidedCount(marketId)).toBe(0);
  });

  it('moves a clock forward once, as the next entry of the log, and tells where it stood', async () => {
    await begin();
    expect(await backend.clock.advance(marketId, 3)).toBe(0);
    expect(await backend.clock.advance(marketId, 3)).toBe(3);
    expect(await backend.clock.advance(marketId, 1)).toBe(3);
    expect(await backend.clock.advance(NO_MARKET, 1)).toBeUndefined();
    expect(await backend.logOf(marketId)).toEqual([
      { sequence: 1n, kind: 'market_opened' },
      { sequence: 2n, kind: 'clock_advanced' },
    ]);
    expect(await backend.clock.findOwned(marketId, operatorId)).toMatchObject({ slot: 3, sequence: 2n });
  });

  it('captures what has run, each slot once, however often and from how many sides the clock is moved', async () => {
    await begin({ reserveMicros: 100_000n });
    await place(['a', 'b']);
    await decide();
    const held = await backend.balanceOf(backend.markets[0].bidderIds[0], 'escrow');
    expect(held).toBeGreaterThan(0n);
    await Promise.all([backend.clock.advance(marketId, 1), backend.clock.advance(marketId, 1), backend.clock.advance(marketId, 50)]);
    expect(await backend.balanceOf(backend.markets[0].bidderIds[0], 'escrow')).toBe(0n);
    expect(await backend.balanceOf(operatorId, 'revenue')).toBe(held);
  });

  it('lists realtime markets as long as they are open or slots are sold', async () => {
    await begin({ clock: 'realtime' });
    expect((await backend.clock.realtimeMarkets()).map((market) => market.marketId)).toEqual(
      backend.markets.map((market) => market.marketId),
    );
    await place(['a']);
    await decide();
    for (const market of backend.markets) await backend.catalogue.transaction((tx) => tx.setStatus(market.marketId, 'closed'));
    expect((await backend.clock.realtimeMarkets()).map((market) => market.marketId)).toEqual([marketId]);
    await backend.clock.advance(marketId, 60);
    expect(await backend.clock.realtimeMarkets()).toEqual([]);
  });

  it('lists no manual market', async () => {
    await begin();
    expect(await backend.clock.realtimeMarkets()).toEqual([]);
  });
});
