import { DecideMarkets, type DecidingStore, type RoundCommit } from '#market';
import { standardKinds } from '#kinds';
import { newBid, smallJob } from '../support/market.js';
import type { Backend } from './backend.js';
import { BACKENDS } from './backends.js';

const NO_MARKET = 1_000_000n;
const ONE = { owner: 'one', leaseMs: 20_000 };
const OTHER = { owner: 'other', leaseMs: 20_000 };
const LIMITS = { ...ONE, batchMax: 60, thinkMs: 10_000 };

let backend: Backend;
let marketId: bigint;

/** @param bidder which of the two bidders places them. */
async function place(keys: readonly string[], { bidder = 0, at = 0, value = 5_000 } = {}): Promise<bigint[]> {
  const market = backend.markets[at];
  const bids = keys.map((key) => newBid(market, market.bidderIds[bidder], key, smallJob(market, value)));
  return (await backend.inbox.insert(bids)).map((answer) => (answer.kind === 'queued' ? answer.bidId : 0n));
}

const decide = (store: DecidingStore = backend.deciding) =>
  new DecideMarkets(store, standardKinds(), LIMITS, { nowMs: () => performance.now() }).run(marketId);

async function openOne(claim = ONE, limit = 10) {
  const { markets, wallets } = await backend.deciding.leaseAndRead([marketId], claim, limit);
  const [market] = markets;
  return { market, wallets };
}

/** What a decider wants to write, caught before it is written; nothing has changed then. */
async function caught(): Promise<RoundCommit> {
  let turn: RoundCommit | undefined;
  const record = (given: RoundCommit): Promise<never> => {
    turn = given;
    return Promise.reject(new Error('caught'));
  };
  await expect(decide({ ...backend.deciding, record })).rejects.toThrow('caught');
  if (!turn) throw new Error('nothing was to be written');
  await backend.deciding.leaseAndRead([marketId], ONE, 1); // giving the lease up ended it, and what is written needs it
  return turn;
}

const balances = async (bidder = 0): Promise<bigint[]> => {
  const id = backend.markets[0].bidderIds[bidder];
  return [await backend.balanceOf(id, 'wallet'), await backend.balanceOf(id, 'escrow')];
};

describe.each(BACKENDS)('leases over %s', (_, open) => {
  beforeEach(async () => {
    backend = await open();
    [{ marketId }] = backend.markets;
  });
  afterEach(() => backend.close());

  it('are taken, and kept from others until they end', async () => {
    expect((await openOne()).market).toMatchObject({ kind: 'ours', epoch: 1n });
    expect((await openOne(OTHER)).market).toEqual({ kind: 'busy', marketId });
    expect((await openOne()).market).toMatchObject({ kind: 'ours', epoch: 1n });
    await backend.pass(ONE.leaseMs + 1);
    expect((await openOne(OTHER)).market).toMatchObject({ kind: 'ours', epoch: 2n });
    expect((await openOne()).market).toEqual({ kind: 'busy', marketId });
  });

  it('last for as long again once they are renewed, as of their epoch only', async () => {
    await openOne();
    await backend.pass(ONE.leaseMs - 1_000);
    await backend.deciding.renew([{ marketId, epoch: 1n }], ONE);
    await backend.pass(ONE.leaseMs - 1_000);
    expect((await openOne(OTHER)).market.kind).toBe('busy');
    await backend.deciding.renew([{ marketId, epoch: 7n }], ONE);
    await backend.pass(2_000);
    expect((await openOne(OTHER)).market).toMatchObject({ kind: 'ours', epoch: 2n });
  });

  it('are given back to whoever comes, and not renewed after that', async () => {
    await openOne();
    await backend.deciding.release([marketId], OTHER.owner);
    expect((await openOne(OTHER)).market.kind).toBe('busy');
    await backend.deciding.release([marketId], ONE.owner);
    await backend.deciding.renew([{ marketId, epoch: 1n }], ONE);
    expect((await openOne(OTHER)).market).toMatchObject({ kind: 'ours', epoch: 2n });
  });

  it('of markets that are not there are none', async () => {
    const { markets } = await backend.deciding.leaseAndRead([NO_MARKET, marketId], ONE, 10);
    expect(markets).toMatchObject([
      { kind: 'ours', marketId },
      { kind: 'market_unknown', marketId: NO_MARKET },
    ]);
  });
});

describe.each(BACKENDS)('a backlog over %s', (_, open) => {
  beforeEach(async () => {
    backend = await open();
    [{ marketId }] = backend.markets;
  });
  afterEach(() => backend.close());

  it("is read by id, with every bidder's wallet", async () => {
    const ids = [...(await place(['a', 'b'])), ...(await place(['c'], { bidder: 1 }))];
    const { market, wallets } = await openOne();
    if (market.kind !== 'ours') throw new Error(market.kind);
    expect(market.bids.map(({ bidId }) => bidId)).toEqual(ids);
    expect(market).toMatchObject({ hasMore: false, lastBidderId: 0n, head: { sequence: 1n, slot: 0, status: 'open' } });
    expect(market.bids[0].body).toMatchObject(smallJob(backend.markets[0], 5_000));
    expect(
      [...wallets]
        .sort((a, b) => Number(a.organisationId - b.organisationId))
        .map(({ organisationId, fundsMicros }) => [organisationId, fundsMicros]),
    ).toEqual(backend.markets[0].bidderIds.map((id) => [id, 10n ** 12n]));
  });

  it("is every bidder's share of it where it is longer than the limit", async () => {
    const [first, second] = await place(['a', 'b', 'c', 'd']);
    const [other] = await place(['e'], { bidder: 1 });
    const { market } = await openOne(ONE, 3);
    if (market.kind !== 'ours') throw new Error(market.kind);
    expect(market.hasMore).toBe(true);
    const ids = market.bids.map(({ bidId }) => bidId);
    expect(ids).toContain(first);
    expect(ids).toContain(other);
    expect(ids.filter((id) => id !== other).slice(0, 2)).toEqual([first, second].slice(0, ids.length - 1));
  });

  it('remembers whose bid was decided last', async () => {
    await place(['a']);
    await place(['b'], { bidder: 1 });
    await decide();
    const { market } = await openOne();
    expect(market).toMatchObject({ kind: 'ours', bids: [], lastBidderId: backend.markets[0].bidderIds[1] });
  });
});

describe.each(BACKENDS)('what is recorded over %s', (_, open) => {
  beforeEach(async () => {
    backend = await open({ reserveMicros: 100_000n });
    [{ marketId }] = backend.markets;
  });
  afterEach(() => backend.close());

  it('is written whole: decision, hold, usage, log, backlog', async () => {
    const [bidId] = await place(['a']);
    const turn = await caught();
    const [{ decision }] = turn.batches[0].decided;
    if (decision.kind !== 'accepted') throw new Error(decision.refusal.code);
    const [wallet] = await balances();
    expect(await backend.deciding.record({ ...turn, lease: 'release' })).toEqual(['recorded']);
    expect(await balances()).toEqual([wallet - decision.payment, decision.payment]);
    expect(await backend.decidedIn(marketId)).toEqual([bidId]);
    expect(await backend.clock.undecidedCount(marketId)).toBe(0);
    expect(await backend.logOf(marketId)).toContainEqual({ sequence: 2n, kind: 'bid_accepted' });
    expect(await backend.deciding.loadState(marketId)).toMatchObject({ head: { sequence: 2n }, priceVersion: 2n });
    expect((await openOne(OTHER)).market.kind).toBe('ours');
  });

  it('is news of the market, slot by slot, until the market itself changes', async () => {
    await place(['a']);
    await decide();
    const state = await backend.deciding.loadState(marketId);
    if (state === 'large') throw new Error('large');
    expect(state.usage.length).toBeGreaterThan(0);
    const news = await backend.deciding.newsSince(marketId, 1n);
    expect(news).toMatchObject({ head: { sequence: 2n }, priceVersion: 2n });
    for (const slot of state.usage) expect(news?.usage).toContainEqual(slot);
    await backend.catalogue.transaction(async (tx) => {
      await tx.lockMarket(backend.markets[0].operatorId, marketId);
      await tx.appendEvent(marketId, {
        kind: 'capacity_changed',
        payload: { siteId: BigInt(backend.markets[0].siteIds[0]), name: 'site-0', capacityMilli: {} },
      });
    });
    expect(await backend.deciding.newsSince(marketId, 1n)).toBeUndefined();
  });

  it('is stale where the log has grown since, and then nothing is written', async () => {
    await place(['a']);
    const turn = await caught();
    await backend.clock.advance(marketId, 1);
    const before = await balances();
    expect(await backend.deciding.record(turn)).toEqual(['stale']);
    expect(await balances()).toEqual(before);
    expect(await backend.decidedIn(marketId)).toEqual([]);
    expect(await backend.clock.undecidedCount(marketId)).toBe(1);
  });

  it('is stale where another worker has the market, whatever the first one believes', async () => {
    await place(['a']);
    const turn = await caught();
    await backend.pass(ONE.leaseMs + 1);
    await openOne(OTHER);
    expect(await backend.deciding.record(turn)).toEqual(['stale']);
    expect(await backend.decidedIn(marketId)).toEqual([]);
  });

  it('is written once, however often it is sent', async () => {
    await place(['a']);
    const turn = await caught();
    expect(await backend.deciding.record({ ...turn, lease: 'keep' })).toEqual(['recorded']);
    const after = await balances();
    expect(await backend.deciding.record({ ...turn, lease: 'keep' })).toEqual(['stale']);
    expect(await balances()).toEqual(after);
    expect(await backend.decidedIn(marketId)).toHaveLength(1);
  });
});

describe.each(BACKENDS)('money that moves meanwhile over %s', (_, open) => {
  const FUNDS = 100_000_000_000n;

  beforeEach(async () => {
    backend = await open({ reserveMicros: 100_000n, fundsMicros: FUNDS });
    [{ marketId }] = backend.markets;
  });
  afterEach(() => backend.close());

  /** The same turn, as if a payer had no more than what its bids may cost at most and something less. */
  const tight = (turn: RoundCommit): RoundCommit => ({
    ...turn,
    payers: turn.payers.map((payer) => ({ ...payer, slackMicros: -1n })),
  });

  async function spendElsewhere(): Promise<void> {
    await place(['elsewhere'], { at: 1 });
    const two = backend.markets[1].marketId;
    await new DecideMarkets(backend.deciding, standardKinds(), LIMITS, { nowMs: () => performance.now() }).run(two);
  }

  it('is no matter where there is plenty; what is told is what is there', async () => {
    await place(['a']);
    const turn = await caught();
    await spendElsewhere();
    expect(await backend.deciding.record(turn)).toEqual(['recorded']);
  });

  it('lets nothing be written where a decision may depend on it', async () => {
    await place(['a']);
    const turn = await caught();
    await spendElsewhere();
    const before = await balances();
    expect(await backend.deciding.record(tight(turn))).toEqual(['funds_moved']);
    expect(await balances()).toEqual(before);
    expect(await backend.decidedIn(marketId)).toEqual([]);
  });

  it('has not moved where it stands as it was, however little there is', async () => {
    await place(['a']);
    expect(await backend.deciding.record(tight(await caught()))).toEqual(['recorded']);
  });
});

describe.each(BACKENDS)('a market that is held over %s', (_, open) => {
  beforeEach(async () => {
    backend = await open({ reserveMicros: 100_000n });
    [{ marketId }] = backend.markets;
  });
  afterEach(() => backend.close());

  it('writes what its work records when the work ends', async () => {
    const [bidId] = await place(['a']);
    const turn = await caught();
    const wallets = await backend.deciding.held(marketId, 10_000, async (held) => {
      const locked = await held.lockWallets([backend.markets[0].bidderIds[0]]);
      expect(await held.record(turn)).toEqual(['recorded']);
      return locked;
    });
    expect(wallets).toMatchObject([{ organisationId: backend.markets[0].bidderIds[0], fundsMicros: 10n ** 12n }]);
    expect(await backend.decidedIn(marketId)).toEqual([bidId]);
  });

  it('writes nothing where its work fails', async () => {
    await place(['a']);
    const turn = await caught();
    const before = await balances();
    const work = backend.deciding.held(marketId, 10_000, async (held) => {
      await held.record(turn);
      throw new Error('after all');
    });
    await expect(work).rejects.toThrow('after all');
    expect(await balances()).toEqual(before);
    expect(await backend.decidedIn(marketId)).toEqual([]);
    expect(await backend.logOf(marketId)).toHaveLength(1);
  });
});
