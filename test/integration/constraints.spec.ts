import type { Pool } from 'pg';
import { newBid, seedMarket, type SeededMarket, smallJob } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

/** What Postgres says, by SQLSTATE. */
const CODES = { check: '23514', unique: '23505', restrict: '23001', missing: '23503', empty: '23502' } as const;

/** What each law is broken with. $m market, $o operator, $b and $c bidders; the ids are put in as text. */
const BREAKS: readonly (readonly [law: string, code: keyof typeof CODES, statement: string])[] = [
  ['nothing is sold above its capacity', 'check', `INSERT INTO slot_usage VALUES ($m, 0, '{0,2}', '{5,1}')`],
  ['nothing is sold below zero', 'check', `INSERT INTO slot_usage VALUES ($m, 0, '{-1}', '{5}')`],
  ['nothing is sold of what is not there', 'check', `INSERT INTO slot_usage VALUES ($m, 0, '{0,1}', '{5}')`],
  ['what is sold is a number', 'check', `INSERT INTO slot_usage VALUES ($m, 0, '{NULL}', '{5}')`],
  ['a slot says what is sold of it', 'empty', `INSERT INTO slot_usage VALUES ($m, 0, NULL, '{5}')`],
  ['a capacity is not negative', 'check', `UPDATE site SET capacity_milli = '{1000,-1,1000}' WHERE market_id = $m AND ordinal = 0`],
  ['a log does not shrink', 'restrict', `UPDATE market SET sequence = sequence - 1 WHERE id = $m`],
  ['a clock does not go back', 'restrict', `UPDATE market SET slot = 3 WHERE id = $m; UPDATE market SET slot = 2 WHERE id = $m`],
  ['a chunk has a size', 'check', `UPDATE market SET chunk_kb = 0 WHERE id = $m`],
  ['roots have different names', 'unique', `INSERT INTO organisation (name) VALUES ('operator')`],
  [
    'a key is kept as a hash only',
    'check',
    `INSERT INTO api_key (organisation_id, role, prefix, hash) VALUES ($o, 'operator', 'eris_o_', 'secret')`,
  ],

  ['a transfer moves something', 'check', transfer('deposit', 'funding:$o', 'wallet:$b', { amount: 0 })],
  ['a transfer is not negative', 'check', transfer('deposit', 'funding:$o', 'wallet:$b', { amount: -5 })],
  ['a transfer leads somewhere else', 'check', transfer('deposit', 'funding:$o', 'funding:$o', {})],
  ['a deposit comes from funding', 'check', transfer('deposit', 'wallet:$c', 'wallet:$b', {})],
  ['a deposit is for no bid', 'check', transfer('deposit', 'funding:$o', 'wallet:$b', { bid: 7 })],
  ['a hold names its bid', 'check', transfer('hold', 'wallet:$b', 'escrow:$b', {})],
  ['a hold stays within its organisation', 'check', transfer('hold', 'wallet:$b', 'escrow:$c', { bid: 7 })],
  ['a hold is no payment', 'check', transfer('hold', 'wallet:$b', 'revenue:$o', { bid: 7 })],
  [
    'a bid is held once',
    'unique',
    `${transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7 })}; ${transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7 })}`,
  ],
  ['a hold is within the wallet', 'check', transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7, amount: 101 })],
  ['a capture is within what is held', 'check', transfer('capture', 'escrow:$b', 'revenue:$o', { bid: 7, slot: 0 })],
  ['a capture names its slot', 'check', transfer('capture', 'escrow:$b', 'revenue:$o', { bid: 7 })],
  [
    'a slot is captured or voided once',
    'unique',
    [
      transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7, amount: 2 }),
      transfer('capture', 'escrow:$b', 'revenue:$o', { bid: 7, slot: 0 }),
      transfer('void', 'escrow:$b', 'wallet:$b', { bid: 7, slot: 0 }),
    ].join(';'),
  ],
  ['what is retained names the entry that did it', 'check', transfer('retain', 'escrow:$b', 'retained:$o', { bid: 7, slot: 0 })],
  ['what is earned was retained', 'check', transfer('earn', 'retained:$o', 'revenue:$o', { bid: 7, slot: 0, sequence: 1 })],
  [
    'a slot is captured or retained once',
    'unique',
    [
      transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7, amount: 2 }),
      transfer('retain', 'escrow:$b', 'retained:$o', { bid: 7, slot: 0, sequence: 1 }),
      transfer('capture', 'escrow:$b', 'revenue:$o', { bid: 7, slot: 0 }),
    ].join(';'),
  ],
  [
    'a bid is earned once',
    'unique',
    [
      transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7, amount: 2 }),
      transfer('retain', 'escrow:$b', 'retained:$o', { bid: 7, slot: 0, amount: 2, sequence: 1 }),
      transfer('earn', 'retained:$o', 'revenue:$o', { bid: 7, slot: 0, sequence: 1 }),
      transfer('earn', 'retained:$o', 'revenue:$o', { bid: 7, slot: 1, sequence: 2 }),
    ].join(';'),
  ],
  [
    'a balance is not written by hand',
    'restrict',
    `UPDATE account SET balance_micros = 1000 WHERE organisation_id = $b AND kind = 'wallet'`,
  ],
  [
    'an account opens with nothing',
    'restrict',
    `INSERT INTO organisation (parent_id, name) VALUES ($o, 'x'); INSERT INTO account (organisation_id, kind, balance_micros) SELECT id, 'wallet', 5 FROM organisation WHERE name = 'x'`,
  ],
  [
    'an entry is not written by hand',
    'restrict',
    `INSERT INTO entry (transfer_id, account_id, amount_micros) SELECT t.id, a.id, 5 FROM transfer t, account a WHERE a.kind = 'revenue' LIMIT 1`,
  ],

  ['a bid is decided once', 'unique', `${decision(`'refused'`, 'NULL, NULL, 0')}; ${decision(`'refused'`, 'NULL, NULL, 0', 3)}`],
  [
    'a number of the log is given once',
    'unique',
    `INSERT INTO event (market_id, sequence, kind, version, payload) VALUES ($m, 1, 'market_opened', 1, '{}')`,
  ],
  ['an accepted bid has a completion and a value', 'check', decision(`'accepted'`, 'NULL, NULL, 0')],
  ['a payment is within the value', 'check', decision(`'accepted'`, '5, 10, 11')],
  ['a payment is within the funds', 'check', decision(`'accepted'`, '5, 1000, 101')],
  ['a refused bid pays nothing', 'check', decision(`'refused'`, 'NULL, NULL, 1')],
  [
    'a decision answers a bid',
    'missing',
    `INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, reason) VALUES (999, $m, 2, 1, 'refused', 0, 1, 0, '{}')`,
  ],
  ['a decision is of its own market', 'missing', decision(`'refused'`, 'NULL, NULL, 0').replace('SELECT id, $m', 'SELECT id, $m + 1000')],
  [
    'a bid is for a market that there is',
    'missing',
    `INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body) SELECT 999999, organisation_id, 'other', request_hash, body FROM bid`,
  ],
  [
    'a bid is of an organisation that there is',
    'missing',
    `INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body) SELECT market_id, 999999, 'other', request_hash, body FROM bid`,
  ],
  [
    'a log is of a market that there is',
    'missing',
    `INSERT INTO event (market_id, sequence, kind, version, payload) VALUES (999999, 1, 'market_opened', 1, '{}')`,
  ],
  [
    'a receipt is of a market that there is',
    'missing',
    `INSERT INTO receipt SELECT 999999, 1, 'a', d, d, '', d, d FROM (VALUES (decode(repeat('00', 32), 'hex'))) AS v(d)`,
  ],
  ['a bid is not taken out of the backlog by hand', 'restrict', `DELETE FROM undecided_bid`],
  ['a bid is not put into the backlog by hand', 'restrict', `INSERT INTO undecided_bid VALUES ($m, 999)`],
  ['the backlog is not emptied', 'restrict', `TRUNCATE undecided_bid`],
  ['a market stays', 'restrict', `DELETE FROM market WHERE id = $m`],
  ['a market keeps its id', 'restrict', `UPDATE market SET id = id + 1000`],
  ['an organisation stays', 'restrict', `DELETE FROM organisation WHERE name = 'nobody'`],
  ['an organisation keeps its id', 'restrict', `UPDATE organisation SET id = id + 1000`],
  [
    'a key names one bid of an organisation',
    'unique',
    `INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body) SELECT market_id, organisation_id, idempotency_key, request_hash, body FROM bid`,
  ],
];

/** Rows that are never changed or removed. */
const IMMUTABLE = ['bid', 'decision', 'allocation', 'placement', 'transfer', 'entry', 'event', 'receipt'];

function transfer(
  kind: string,
  debit: string,
  credit: string,
  { amount = 1, bid, slot, sequence }: { amount?: number; bid?: number; slot?: number; sequence?: number },
): string {
  const account = (text: string): string =>
    `(SELECT id FROM account WHERE kind = '${text.split(':')[0]}' AND organisation_id = ${text.split(':')[1]})`;
  return `INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot, sequence)
    VALUES ('${kind}', ${account(debit)}, ${account(credit)}, ${amount}, ${bid === undefined ? 'NULL' : '$m'}, ${bid ?? 'NULL'}, ${slot ?? 'NULL'}, ${sequence ?? 'NULL'})`;
}

/** `rest`: completion, value, payment. */
function decision(outcome: string, rest: string, sequence = 2): string {
  return `INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, reason, completion, value_micros, payment_micros)
    SELECT id, $m, ${sequence}, 1, ${outcome}, 0, 1, 100, ${outcome === `'refused'` ? `'{}'` : 'NULL'}, ${rest} FROM bid LIMIT 1`;
}

/** Runs statements in a transaction that is rolled back. @returns the SQLSTATE of the refusal. */
async function refusalOf(pool: Pool, statements: string): Promise<string | undefined> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(statements);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

/** Everything that is in the tables. */
async function contentsOf(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname`,
  );
  const contents: unknown[] = [];
  for (const { name } of rows) contents.push([name, (await pool.query(`SELECT * FROM ${name} t ORDER BY t::text`)).rows]);
  return contents;
}

// Real: Postgres with the migrations. Every statement goes past our code, as a mistake of it would.
describe('the database refuses by itself', () => {
  let database: TestDatabase;
  let market: SeededMarket;

  beforeAll(async () => {
    database = await createTestDatabase();
    market = await seedMarket(database.pool, { siteCount: 2, bidderCount: 2, fundsMicros: 100n });
    const { organisationId, idempotencyKey, requestHash, body } = newBid(market, market.bidderIds[0], 'one', smallJob(market, 5));
    const text = 'INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body) VALUES ($1, $2, $3, $4, $5)';
    await database.pool.query(text, [market.marketId, organisationId, idempotencyKey, requestHash, body]);
  });
  afterAll(() => database.drop());

  const filled = (statement: string): string =>
    statement
      .replaceAll('$m', `${market.marketId}`)
      .replaceAll('$o', `${market.operatorId}`)
      .replaceAll('$b', `${market.bidderIds[0]}`)
      .replaceAll('$c', `${market.bidderIds[1]}`);

  it.each(BREAKS)('%s', async (_law, code, statement) => {
    const before = await contentsOf(database.pool);
    expect(await refusalOf(database.pool, filled(statement))).toBe(CODES[code]);
    expect(await contentsOf(database.pool)).toEqual(before);
  });

  it.each(IMMUTABLE)('rows of %s are never changed, removed or swept away', async (table) => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 LIMIT 1`,
      [table],
    );
    for (const statement of [
      `UPDATE ${table} SET ${rows[0].name} = ${rows[0].name}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      expect([statement, await refusalOf(database.pool, statement)]).toEqual([statement, CODES.restrict]);
    }
  });

  it('takes what keeps the laws', async () => {
    const lawful = [
      `INSERT INTO slot_usage VALUES ($m, 0, '{5,1}', '{5,1,9}')`,
      transfer('hold', 'wallet:$b', 'escrow:$b', { bid: 7, amount: 100 }),
      transfer('capture', 'escrow:$b', 'revenue:$o', { bid: 7, slot: 0, amount: 60 }),
      transfer('void', 'escrow:$b', 'wallet:$b', { bid: 7, slot: 1, amount: 40 }),
      decision(`'accepted'`, '5, 100, 100'),
    ];
    expect(await refusalOf(database.pool, filled(lawful.join(';')))).toBeUndefined();
  });
});
