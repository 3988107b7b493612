import { DecideMarkets, newestTerms } from '#market';
import { standardKinds } from '#kinds';
import { micros, supplyMilli } from '#units';
import { newBid, smallJob } from '../support/market.js';
import type { Backend } from './backend.js';
import { BACKENDS } from './backends.js';

const NO_MARKET = 1_000_000n;
const LIMITS = { owner: 'one', leaseMs: 20_000, batchMax: 60, thinkMs: 10_000 };
const CPU_OF_FIRST_SITE = 2;
const STATUS_CHANGED = { kind: 'status_changed', payload: { from: 'open', status: 'paused' } } as const;

describe.each(BACKENDS)('the catalogue over %s', (_, open) => {
  let backend: Backend;
  let marketId: bigint;
  let operatorId: bigint;

  beforeEach(async () => {
    backend = await open();
    [{ marketId, operatorId }] = backend.markets;
  });
  afterEach(() => backend.close());

  it("locks an operator's own market, and nobody else's", async () => {
    await backend.catalogue.transaction(async (tx) => {
      expect(await tx.lockMarket(operatorId, marketId)).toMatchObject({
        marketId,
        organisationId: operatorId,
        sequence: 1n,
        status: 'open',
      });
      expect(await tx.lockMarket(backend.markets[0].bidderIds[0], marketId)).toBeUndefined();
      expect(await tx.lockMarket(operatorId, NO_MARKET)).toBeUndefined();
    });
  });

  it('changes status and log together, or neither', async () => {
    const change = (fails: boolean): Promise<bigint> =>
      backend.catalogue.transaction(async (tx) => {
        await tx.lockMarket(operatorId, marketId);
        await tx.setStatus(marketId, 'paused');
        const sequence = await tx.appendEvent(marketId, STATUS_CHANGED);
        if (fails) throw new Error('on second thoughts');
        return sequence;
      });
    await expect(change(true)).rejects.toThrow('on second thoughts');
    expect(await backend.logOf(marketId)).toHaveLength(1);
    expect(await backend.clock.findOwned(marketId, operatorId)).toMatchObject({ status: 'open', sequence: 1n });
    expect(await change(false)).toBe(2n);
    expect(await backend.logOf(marketId)).toEqual([
      { sequence: 1n, kind: 'market_opened' },
      { sequence: 2n, kind: 'status_changed' },
    ]);
    expect(await backend.clock.findOwned(marketId, operatorId)).toMatchObject({ status: 'paused', sequence: 2n });
  });

  it('keeps the terms that a market is given', async () => {
    const terms = newestTerms({ kind: 'flat', level: micros(7n), levels: { gpu: micros(9n) } });
    await backend.catalogue.transaction(async (tx) => {
      await tx.lockMarket(operatorId, marketId);
      await tx.setTerms(marketId, terms);
      await tx.appendEvent(marketId, { kind: 'terms_changed', payload: { terms } });
    });
    expect(await backend.deciding.loadState(marketId)).toMatchObject({ terms, priceVersion: 2n });
    expect(await backend.deciding.newsSince(marketId, 1n)).toBeUndefined(); // the book is made anew
    await backend.catalogue.transaction(async (tx) => expect(await tx.lockMarket(operatorId, marketId)).toMatchObject({ terms }));
  });

  it('gives two changes that come at once one number after the other', async () => {
    const change = (): Promise<bigint> =>
      backend.catalogue.transaction(async (tx) => {
        await tx.lockMarket(operatorId, marketId);
        return tx.appendEvent(marketId, STATUS_CHANGED);
      });
    expect((await Promise.all([change(), change(), change()])).sort()).toEqual([2n, 3n, 4n]);
    expect((await backend.logOf(marketId)).map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n]);
  });

  it('lists sites by their ordinals, with what they have', async () => {
    const capacityMilli = [supplyMilli(2), supplyMilli(3), supplyMilli(4)];
    await backend.catalogue.transaction(async (tx) => {
      await tx.lockMarket(operatorId, marketId);
      await tx.setCapacity(BigInt(backend.markets[0].siteIds[1]), capacityMilli);
    });
    const sites = await backend.catalogue.read((tx) => tx.listSites(marketId));
    expect(sites.map(({ siteId, ordinal }) => [siteId.toString(), ordinal])).toEqual(
      backend.markets[0].siteIds.map((id, ordinal) => [id, ordinal]),
    );
    expect(sites.map((site) => site.capacityMilli)).toEqual([[1_000, 12_000, 16_000], capacityMilli]);
  });

  it('adds a site, but none twice under one name', async () => {
    const capacityMilli = [supplyMilli(2), supplyMilli(3), supplyMilli(4)];
    const add = (ordinal: number) =>
      backend.catalogue.transaction((tx) => tx.insertSite({ marketId, ordinal, name: 'annex', capacityMilli, location: null }));
    expect(await add(2)).toMatchObject({ marketId, ordinal: 2, name: 'annex', capacityMilli });
    expect(await add(3)).toBeUndefined();
    expect(await backend.catalogue.read((tx) => tx.listSites(marketId))).toHaveLength(3);
  });

  it('finds where most of a cell is sold from a slot on', async () => {
    const [market] = backend.markets;
    const peak = (fromSlot: number) => backend.catalogue.read((tx) => tx.findPeak(marketId, CPU_OF_FIRST_SITE, fromSlot));
    expect(await peak(0)).toBeUndefined();
    await backend.inbox.insert([newBid(market, market.bidderIds[0], 'a', smallJob(market, 5_000))]);
    await new DecideMarkets(backend.deciding, standardKinds(), LIMITS, { nowMs: () => performance.now() }).run(marketId);
    const state = await backend.deciding.loadState(marketId);
    const used =
      state === 'large' ? [] : state.usage.map(({ slot, usedMilli }) => ({ slot, usedMilli: usedMilli[CPU_OF_FIRST_SITE] ?? 0 }));
    const most = Math.max(...used.map(({ usedMilli }) => usedMilli));
    expect(most).toBeGreaterThan(0);
    expect(await peak(0)).toEqual(used.find(({ usedMilli }) => usedMilli === most));
    expect(await peak(49)).toBeUndefined();
  });
});
