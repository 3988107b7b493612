/** Real: Postgres, the deciding use case. Fake: nothing; another market is decided in between at a chosen moment. */
import { AcceptBids, DecideMarkets, type DecidingStore, WakeUpNotifier } from '#market';
import { standardKinds } from '#kinds';
import { createBidInbox, createDecidingStore } from '#persistence';
import { brokenLaws } from '../support/market-laws.js';
import { addTwin, newBid, seedMarket, type SeededMarket, smallJob } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const LIMITS = { owner: 'one', leaseMs: 20_000, batchMax: 16, thinkMs: 1_000 };

describe('a wallet that two markets draw on', () => {
  let database: TestDatabase;
  let market: SeededMarket;
  let twin: SeededMarket;

  const place = async (place: SeededMarket, key: string): Promise<void> => {
    const accept = new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
      waitMs: 0,
      queueMax: 100,
    });
    expect(await accept.accept(newBid(place, market.bidderIds[0], key, smallJob(place, 5000)))).toMatchObject({ kind: 'queued' });
  };
  const decider = (store: DecidingStore): DecideMarkets =>
    new DecideMarkets(store, standardKinds(), LIMITS, { nowMs: () => performance.now() });

  const open = async (fundsMicros: bigint): Promise<void> => {
    market = await seedMarket(database.pool, { bidderCount: 1, fundsMicros, reserveMicros: 100_000n });
    twin = await addTwin(database.pool, market, 'twin');
    await place(market, 'here');
    await place(twin, 'there');
  };
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it.each([
    ['enough for anything', 100_000_000_000n, false],
    ['enough for one bid, perhaps', 5_000_000_000n, true],
    ['little', 300_000_000n, true],
  ])('is not overdrawn, and each decision saw what was there: %s', async (_, funds, again) => {
    await open(funds);
    const store = createDecidingStore(database.pool);
    let interrupted = false;
    const outcomes: string[] = [];
    const slow: DecidingStore = {
      ...store,
      leaseAndRead: async (...claim) => {
        const opening = await store.leaseAndRead(...claim);
        if (!interrupted) await decider(store).run(twin.marketId); // the other market holds first
        interrupted = true;
        return opening;
      },
      record: async (...batch) => {
        const written = await store.record(...batch);
        outcomes.push(...written);
        return written;
      },
    };
    expect(await decider(slow).run(market.marketId)).toEqual({ kind: 'drained', decided: 1 });
    const { rows } = await database.pool.query<{ funds_micros: bigint; payment_micros: bigint }>(
      'SELECT funds_micros, payment_micros FROM decision ORDER BY market_id DESC',
    );
    expect(outcomes).toEqual(again ? ['funds_moved', 'recorded'] : ['recorded']);
    expect(rows[0].payment_micros).toBeGreaterThan(0n);
    expect(rows[0].funds_micros).toBe(funds);
    expect(rows[1].funds_micros).toBe(funds - rows[0].payment_micros);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('keeps a budget that both count against, made before or in the midst of it', async () => {
    const takeOf = (amount: bigint): Promise<unknown> =>
      database.pool.query(
        `INSERT INTO budget (organisation_id, name, scope, per, amount_micros) VALUES ($1, $3, 'organisation', 'all', $2)`,
        [market.bidderIds[0], amount, `of ${amount}`],
      );
    await open(100_000_000_000n);
    await takeOf(90_000_000_000n);
    const store = createDecidingStore(database.pool);
    let turns = 0;
    const outcomes: string[] = [];
    const slow: DecidingStore = {
      ...store,
      leaseAndRead: async (...claim) => {
        const opening = await store.leaseAndRead(...claim);
        turns += 1;
        if (turns === 1) await decider(store).run(twin.marketId); // takes of the budget
        if (turns === 2) await takeOf(1n);
        return opening;
      },
      record: async (...batch) => {
        const written = await store.record(...batch);
        outcomes.push(...written);
        return written;
      },
    };
    expect(await decider(slow).run(market.marketId)).toEqual({ kind: 'drained', decided: 1 });
    expect(outcomes).toEqual(['funds_moved', 'recorded']);
    const { rows } = await database.pool.query<{ outcome: string; code: string | null; budgets: { leftMicros: string }[] }>(
      `SELECT outcome::text, reason ->> 'code' AS code, budgets FROM decision ORDER BY market_id DESC`,
    );
    expect(rows.map(({ outcome, code, budgets }) => [outcome, code, budgets.length])).toEqual([
      ['accepted', null, 1],
      ['refused', 'budget_exhausted', 2],
    ]);
    expect(BigInt(rows[1].budgets[0].leftMicros)).toBeLessThan(90_000_000_000n);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('is held where its money never stands still, so that nobody is put off for ever', async () => {
    await open(300_000_000n);
    const store = createDecidingStore(database.pool);
    let moves = 0;
    const put = (): Promise<unknown> =>
      database.pool.query(
        `INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros)
         SELECT 'deposit', f.id, w.id, 1 FROM account f, account w
         WHERE f.organisation_id = $1 AND f.kind = 'funding' AND w.organisation_id = $2 AND w.kind = 'wallet'`,
        [market.operatorId, market.bidderIds[0]],
      );
    const restless: DecidingStore = {
      ...store,
      leaseAndRead: async (...claim) => {
        const opening = await store.leaseAndRead(...claim);
        moves += 1;
        await put();
        return opening;
      },
    };
    expect(await decider(restless).run(market.marketId)).toEqual({ kind: 'drained', decided: 1 });
    expect(moves).toBe(5); // four times, and once to be held
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('holds up no market that only thinks', async () => {
    await open(1_000_000n);
    const store = createDecidingStore(database.pool);
    await database.pool.query(`UPDATE market SET status = 'closed' WHERE id = $1`, [twin.marketId]); // all its answers are refusals
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM account WHERE organisation_id = ANY($1::bigint[]) FOR UPDATE', [market.bidderIds]);
    expect(await decider(store).run(twin.marketId)).toEqual({ kind: 'drained', decided: 1 });
    await client.query('ROLLBACK');
    client.release();
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});
