import { AcceptBids, type WakeUpQueue, type BidInbox, type NewBid, WakeUpNotifier } from '#market';
import { createBidInbox } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { newBid, seedMarket, type SeededMarket, smallJob, workload } from '../support/market.js';

const LIMITS = { waitMs: 2, queueMax: 10_000 };

describe('accepting bids', () => {
  let database: TestDatabase;
  let market: SeededMarket;
  let rung: bigint[];

  const acceptor = (inbox: BidInbox = createBidInbox(database.pool), bell?: WakeUpQueue): AcceptBids => {
    const notify = async (marketId: bigint): Promise<void> => void rung.push(marketId);
    return new AcceptBids(inbox, new WakeUpNotifier(bell ?? { notify }, () => undefined), LIMITS);
  };
  const bidOf = (key: string, value = 1000): NewBid => newBid(market, market.bidderIds[0], key, smallJob(market, value));
  const count = async (table: string): Promise<number> =>
    (await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;

  beforeEach(async () => {
    database = await createTestDatabase();
    market = await seedMarket(database.pool);
    rung = [];
  });
  afterEach(() => database.drop());

  it('stores bids with their backlog rows and rings once for their market', async () => {
    const outcomes = await acceptor().acceptMany(workload(market, 300, 1));
    expect(outcomes.every((outcome) => outcome.kind === 'queued' && !outcome.replayed)).toBe(true);
    expect([await count('bid'), await count('undecided_bid')]).toEqual([300, 300]);
    expect(rung).toEqual([market.marketId]);
  });

  it('answers 100 identical concurrent bids of two processes with one row', async () => {
    const [one, other] = [acceptor(), acceptor()];
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : other).accept(bidOf('same'))));
    const ids = new Set(outcomes.map((outcome) => (outcome.kind === 'queued' ? outcome.bidId : outcome.kind)));
    expect(ids.size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'queued' && !outcome.replayed)).toHaveLength(1);
    expect([await count('bid'), await count('undecided_bid')]).toEqual([1, 1]);
  });

  it('refuses a key that was used for another bid, in the same statement and later', async () => {
    const accept = acceptor();
    const [first, second] = await Promise.all([accept.accept(bidOf('key', 1000)), accept.accept(bidOf('key', 2000))]);
    expect([first.kind, second.kind]).toEqual(['queued', 'key_reused']);
    expect(await accept.accept(bidOf('key', 2000))).toEqual({ kind: 'key_reused' });
    expect(await count('bid')).toBe(1);
  });

  it.each(['paused', 'closed'] as const)('stores nothing in a %s market, but answers a replay as before', async (status) => {
    const accept = acceptor();
    const before = await accept.accept(bidOf('before'));
    await database.pool.query('UPDATE market SET status = $1::market_status', [status]);
    expect(await accept.accept(bidOf('after'))).toEqual({ kind: `market_${status}` });
    expect(await accept.accept(bidOf('before'))).toEqual({ ...before, replayed: true });
    expect(await count('bid')).toBe(1);
  });

  it('does not know markets of other operators', async () => {
    const foreign = await seedMarket(database.pool, { operator: 'another' });
    const outcomes = await acceptor().acceptMany([
      { ...bidOf('foreign'), marketId: foreign.marketId },
      { ...bidOf('absent'), marketId: 999_999n },
      { ...bidOf('nobody'), organisationId: 999_999n },
    ]);
    expect(outcomes).toEqual([{ kind: 'market_unknown' }, { kind: 'market_unknown' }, { kind: 'market_unknown' }]);
    expect(await count('bid')).toBe(0);
  });

  it('turns bids away while the queue is full', async () => {
    const accept = new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
      waitMs: 2,
      queueMax: 10,
    });
    const outcomes = await accept.acceptMany(workload(market, 15, 2));
    expect(outcomes.filter((outcome) => outcome.kind === 'queued')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome.kind === 'overloaded')).toHaveLength(5);
  });

  it('claims nothing when the statement fails, and goes on with the next one', async () => {
    const real = createBidInbox(database.pool);
    let failing = true;
    const accept = acceptor({ insert: (bids) => (failing ? Promise.reject(new Error('connection lost')) : real.insert(bids)) });
    await expect(accept.accept(bidOf('key'))).rejects.toThrow('connection lost');
    failing = false;
    expect(await accept.accept(bidOf('key'))).toMatchObject({ kind: 'queued', replayed: false });
  });

  it('accepts while the bell is out of order, and rings again afterwards', async () => {
    const notify = (): Promise<void> => Promise.reject(new Error('no queue'));
    const failed: bigint[] = [];
    const accept = new AcceptBids(
      createBidInbox(database.pool),
      new WakeUpNotifier({ notify }, (marketId) => failed.push(marketId)),
      LIMITS,
    );
    expect((await accept.accept(bidOf('one'))).kind).toBe('queued');
    expect((await accept.accept(bidOf('two'))).kind).toBe('queued');
    await new Promise(setImmediate);
    expect(failed).toEqual([market.marketId, market.marketId]);
  });
});
