import { marketTerms } from '#log';
import { AppendReceipts, type Verification, verifyMarket } from '#market';
import { createKinds, createVersionedOracle, type Kinds, ORACLE_VERSION, standardKinds, trainingKind } from '#kinds';
import type { PriceRule } from '#mechanism';
import { createAuditSource, createReceiptStore } from '#persistence';
import { micros } from '#units';
import { AuditedMarket } from '../support/audited-market.js';
import { TRIAL_VERSIONS as VERSIONS } from '../support/oracle-moves.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => performance.now() };
const FLAT: PriceRule = { kind: 'flat', level: micros(40_000_000n), levels: { bandwidth: micros(5_000_000n) } };

// Real: Postgres, the use cases, the mechanism. Nothing is faked.
describe('the terms of a market', () => {
  let database: TestDatabase;
  const opened: AuditedMarket[] = [];

  const open = async (...options: Parameters<typeof AuditedMarket.open> extends [unknown, ...infer Rest] ? Rest : never) => {
    const market = await AuditedMarket.open(database, ...options);
    opened.push(market);
    return market;
  };
  const seal = (): Promise<number> => new AppendReceipts(createReceiptStore(database.pool), clock).run(10_000);
  const verify = async ({ marketId }: AuditedMarket, kinds: Kinds): Promise<Verification> => {
    const outcome = await verifyMarket(createAuditSource(database.pool), marketId, { kinds });
    if (outcome.kind !== 'verified') throw new Error(outcome.kind);
    return outcome.verification;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(async () => {
    for (const market of opened) await market.close();
    await database.drop();
  });

  it('may be flat prices: the whole of its history is verified', async () => {
    const market = await open({ name: 'flat', prices: FLAT });
    await market.live();
    await seal();
    const verification = await verify(market, standardKinds());
    expect(verification.findings).toEqual([]);
    expect(verification.receipts).toBe(verification.records);
    expect(verification.accepted).toBeGreaterThan(5);
    const { rows } = await database.pool.query<{ price: string }>(
      `SELECT DISTINCT line ->> 'unitPrice' AS price FROM allocation, jsonb_array_elements(lines) AS line
       WHERE market_id = $1 AND line ->> 'resource' = 'gpu' AND (line ->> 'slot')::int < 2`,
      [market.marketId],
    );
    expect(rows).toEqual([{ price: '13333333' }]); // 40 credits over the one GPU of each of three sites
  }, 120_000);

  it('keep their version of the oracle until the operator moves the market, and the log tells of it', async () => {
    const market = await open({ name: 'moved', versions: VERSIONS });
    const bids = market.bids(30);
    await market.decide(bids.slice(0, 15));
    await seal(); // the chain goes on from here
    await market.moveToOracle('trial/1');
    await market.decide(bids.slice(15));
    await market.moveTo(3);
    await seal();
    const verification = await verify(market, createKinds([trainingKind(createVersionedOracle(VERSIONS))]));
    expect(verification.findings).toEqual([]);
    expect(verification).toMatchObject({ decisions: 30, receipts: verification.records });
    const { rows } = await database.pool.query<{ kind: string; algorithm: string }>(
      'SELECT DISTINCT kind, algorithm FROM event JOIN receipt USING (market_id, sequence) WHERE market_id = $1',
      [market.marketId],
    );
    const algorithmsOf = (kind: string): string[] => rows.filter((row) => row.kind === kind).map(({ algorithm }) => algorithm);
    expect(algorithmsOf('market_opened')).toEqual([`eris-${ORACLE_VERSION}`]);
    expect(algorithmsOf('bid_accepted').sort()).toEqual([`eris-${ORACLE_VERSION}`, 'eris-trial/1']);
    expect(algorithmsOf('terms_changed')).toEqual(['eris-trial/1']);
    expect(algorithmsOf('clock_advanced')).toEqual(['eris-trial/1']);
  }, 120_000);

  it('are named by a program that does not have that version of the oracle', async () => {
    const market = opened[1];
    const { findings, decisions } = await verify(market, standardKinds());
    expect(decisions).toBe(15);
    expect(findings).toMatchObject([
      { detail: 'cannot be replayed: the oracle trial/1 is unknown here, which has default/3, default/4: run the program that has it' },
    ]);
  });

  it('are not to be changed behind the log', async () => {
    const market = opened[0];
    const terms = { policy: 'eris', oracle: ORACLE_VERSION, prices: { ...FLAT, level: micros(39_000_000n) } } as const;
    await database.pool.query('UPDATE market SET terms = $2 WHERE id = $1', [market.marketId, marketTerms.write(terms)]);
    const { findings } = await verify(market, standardKinds());
    expect(findings).toMatchObject([{ table: 'market', key: `id ${market.marketId}` }]);
    expect(findings[0].detail).toMatch(/^terms is .*39000000.*, must be .*40000000/);
  });

  it('are refused by the database where they are none', async () => {
    for (const terms of [{}, { policy: 'eris', oracle: 'default/3' }, { policy: 'eris', oracle: 'default/3', prices: {} }, [], 3])
      await expect(database.pool.query('UPDATE market SET terms = $1', [JSON.stringify(terms)])).rejects.toThrow('market_has_terms');
  });
});
