import { newBid, smallJob } from '../support/market.js';
import type { Backend } from './backend.js';
import { BACKENDS } from './backends.js';

const NO_MARKET = 1_000_000n;

describe.each(BACKENDS)('a bid inbox over %s', (_, open) => {
  let backend: Backend;
  const bid = (key: string, value = 5_000, at = 0) => {
    const market = backend.markets[at];
    return newBid(market, market.bidderIds[0], key, smallJob(market, value));
  };
  const setStatus = (status: 'open' | 'paused' | 'closed', at = 0) =>
    backend.catalogue.transaction((tx) => tx.setStatus(backend.markets[at].marketId, status));

  beforeEach(async () => {
    backend = await open();
  });
  afterEach(() => backend.close());

  it('answers in the order of the bids, with ids that rise', async () => {
    const answers = await backend.inbox.insert([bid('a'), bid('b', 5_000, 1), bid('c')]);
    const ids = answers.map((answer) => (answer.kind === 'queued' && !answer.replayed ? answer.bidId : 0n));
    expect(ids[0]).toBeGreaterThan(0n);
    expect(ids[1]).toBeGreaterThan(ids[0]);
    expect(ids[2]).toBeGreaterThan(ids[1]);
  });

  it('answers a replay with the id of the first, among new ones too', async () => {
    const [first] = await backend.inbox.insert([bid('a')]);
    const [fresh, replay] = await backend.inbox.insert([bid('b'), bid('a')]);
    expect(fresh).toMatchObject({ kind: 'queued', replayed: false });
    expect(replay).toEqual({ ...first, replayed: true });
    expect(await backend.clock.undecidedCount(backend.markets[0].marketId)).toBe(2);
  });

  it('stores one of several that arrive at once with the same key', async () => {
    const answers = await Promise.all([bid('a'), bid('a'), bid('a')].map((one) => backend.inbox.insert([one])));
    const ids = answers.flat().map((answer) => answer.kind === 'queued' && answer.bidId);
    expect(new Set(ids).size).toBe(1);
    expect(answers.flat().filter((answer) => answer.kind === 'queued' && !answer.replayed)).toHaveLength(1);
  });

  it('tells a key that was used for something else: another body, or another market', async () => {
    await backend.inbox.insert([bid('a')]);
    expect(await backend.inbox.insert([bid('a', 6_000)])).toEqual([{ kind: 'key_reused' }]);
    expect(await backend.inbox.insert([bid('a', 5_000, 1)])).toEqual([{ kind: 'key_reused' }]);
  });

  it('takes the same key from another bidder', async () => {
    const [market] = backend.markets;
    await backend.inbox.insert([bid('a')]);
    const [other] = await backend.inbox.insert([newBid(market, market.bidderIds[1], 'a', smallJob(market, 5_000))]);
    expect(other).toMatchObject({ kind: 'queued', replayed: false });
  });

  it.each([
    ['paused', 'market_paused'],
    ['closed', 'market_closed'],
  ] as const)('takes no bid of a market that is %s, but answers replays', async (status, kind) => {
    const [first] = await backend.inbox.insert([bid('a')]);
    await setStatus(status);
    expect(await backend.inbox.insert([bid('b'), bid('c', 5_000, 1)])).toMatchObject([{ kind }, { kind: 'queued' }]);
    expect(await backend.inbox.insert([bid('a')])).toEqual([{ ...first, replayed: true }]);
    expect(await backend.clock.undecidedCount(backend.markets[0].marketId)).toBe(1);
  });

  it('says that a market is unknown', async () => {
    expect(await backend.inbox.insert([{ ...bid('a'), marketId: NO_MARKET }, bid('b')])).toMatchObject([
      { kind: 'market_unknown' },
      { kind: 'queued', replayed: false },
    ]);
  });
});
