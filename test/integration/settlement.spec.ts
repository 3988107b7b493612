import {
  type Account,
  ACCOUNT_KINDS,
  deliver,
  holdOf,
  isWay,
  type Movement,
  saleOf,
  slotAmount,
  type Standing,
  standingOf,
  TRANSFER_KINDS,
} from '#ledger';
import { createClockStore } from '#persistence';
import { micros } from '#units';
import fc from 'fast-check';
import { brokenLaws } from '../support/market-laws.js';
import { seedMarket, type SeededMarket } from '../support/market.js';
import { accountsOf } from '../support/ledger-books.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

// libs/ledger says who gets what, and which ways money goes; the database's function and trigger do it. One is held against the other.
let database: TestDatabase;
let market: SeededMarket;
beforeAll(async () => {
  database = await createTestDatabase();
  market = await seedMarket(database.pool, { bidderCount: 2 });
}, 60_000);
afterAll(() => database.drop());

it('has the kinds of accounts and of transfers that the ledger has', async () => {
  const { rows } = await database.pool.query(
    `SELECT enum_range(NULL::account_kind)::text[] AS accounts, enum_range(NULL::transfer_kind)::text[] AS transfers`,
  );
  expect(rows).toEqual([{ accounts: ACCOUNT_KINDS, transfers: TRANSFER_KINDS }]);
});

it('lets money go the ways that the ledger lets it go, and no other', async () => {
  const owners = await Promise.all([market.operatorId, ...market.bidderIds].map((ownerId) => accountsOf(database.pool, ownerId)));
  const accounts: readonly Account[] = owners.flatMap((kinds) => Object.values(kinds));
  const went: string[] = [];
  const may: string[] = [];
  for (const kind of TRANSFER_KINDS)
    for (const debit of accounts)
      for (const credit of accounts) {
        if (debit.id === credit.id) continue;
        const name = `${kind}: ${debit.ownerId} ${debit.kind} -> ${credit.ownerId} ${credit.kind}`;
        if (isWay(kind, { debit, credit })) may.push(name);
        if (await tries(kind, debit, credit)) went.push(name);
      }
  expect(went).toEqual(may);
}, 60_000);

/** Whether the trigger lets a transfer pass; it is taken back. What a balance has is none of its business. */
async function tries(kind: string, debit: Account, credit: Account): Promise<boolean> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const sequence = ['deposit', 'hold', 'capture'].includes(kind) ? 'NULL' : '1';
    const of = kind === 'deposit' ? 'NULL, NULL, NULL' : `${market.marketId}, 1, ${kind === 'hold' ? 'NULL' : '0'}`;
    await client.query(
      `INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot, sequence) VALUES ($1, $2, $3, 1, ${of}, ${sequence})`,
      [kind, debit.id, credit.id],
    );
    return true;
  } catch (cause) {
    const { message } = cause as Error;
    if (message.includes('not between the accounts of its kind')) return false;
    expect(message).toContain('account_only_funding_is_negative');
    return true;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

interface Sold {
  readonly bidder: number;
  readonly lines: readonly { readonly slot: number; readonly amount: ReturnType<typeof micros> }[];
}
const lineArb = fc.record({ slot: fc.nat({ max: 12 }), amount: fc.oneof(fc.constant(0n), fc.bigInt(1n, 10n ** 12n)).map(micros) });
const soldArb: fc.Arbitrary<Sold> = fc.record({ bidder: fc.nat({ max: 1 }), lines: fc.array(lineArb, { minLength: 1, maxLength: 12 }) });
const stepsArb = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });

/** A bid as accepted, with what the ledger says is held of it. */
async function sell({ bidder, lines }: Sold, fromSlot: number): Promise<Standing> {
  const organisationId = market.bidderIds[bidder];
  const payment = micros(lines.reduce((sum, { amount }) => sum + amount, 0n));
  const shifted = lines.map((line) => ({ ...line, slot: line.slot + fromSlot }));
  const { rows } = await database.pool.query<{ id: bigint }>(
    `INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, body) VALUES ($1, $2, gen_random_uuid()::text, sha256('x'), '{}') RETURNING id`,
    [market.marketId, organisationId],
  );
  const sale = saleOf({ bidId: rows[0].id, bidderId: organisationId, payment }, shifted);
  const { rows: moved } = await database.pool.query<{ sequence: bigint }>(
    `UPDATE market SET sequence = sequence + 1 WHERE id = $1 RETURNING sequence`,
    [market.marketId],
  );
  const slots = [...sale.amounts.keys()];
  await database.pool.query(
    `WITH d AS (INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion, value_micros, payment_micros)
       VALUES ($1, $2, $3, 1, 'accepted', 0, 1, $4, 1, $4, $4)),
     a AS (INSERT INTO allocation (bid_id, market_id, payment_micros, lines, kind, plan) VALUES ($1, $2, $4, '[]', 'training', '[]')),
     e AS (SELECT append_entries(ARRAY[$2::bigint], ARRAY[$3::bigint], ARRAY['bid_accepted'], ARRAY[1::smallint], ARRAY[$5::bigint], ARRAY[json_build_object('bidId', $1::text)], NULL) AS n),
     p AS (INSERT INTO placement (bid_id, market_id, slot, amount_micros)
       SELECT $1, $2, slot, amount FROM unnest($6::int[], $7::bigint[]) AS s(slot, amount))
     SELECT n FROM e`,
    [sale.bidId, market.marketId, moved[0].sequence, payment, organisationId, slots, slots.map((slot) => slotAmount(sale, slot))],
  );
  const held = holdOf(sale);
  if (held) await insert(held);
  return standingOf(sale, market.operatorId);
}

async function insert({ kind, from, to, amount, bidId, slot }: Movement): Promise<void> {
  await database.pool.query(
    `INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot)
     SELECT $1, d.id, c.id, $2, $3, $4, $5 FROM account d, account c
     WHERE d.organisation_id = $6 AND d.kind = $7::account_kind AND c.organisation_id = $8 AND c.kind = $9::account_kind`,
    [kind, amount, market.marketId, bidId, slot, from.ownerId, from.kind, to.ownerId, to.kind],
  );
}

/** Everything that the market's clock has moved, by whom and from which account, in the order of slots and bids: what is retained before what is earned. */
async function moved(after: bigint): Promise<Movement[]> {
  const { rows } = await database.pool.query(
    `SELECT t.kind, t.bid_id, t.slot, t.amount_micros, d.organisation_id AS debtor, d.kind AS debit, c.organisation_id AS creditor, c.kind AS credit
     FROM transfer t JOIN account d ON d.id = t.debit_account_id JOIN account c ON c.id = t.credit_account_id
     WHERE t.market_id = $1 AND t.id > $2 ORDER BY t.slot, t.bid_id, t.kind`,
    [market.marketId, after],
  );
  return rows.map((row) => ({
    kind: row.kind,
    bidId: row.bid_id,
    slot: row.slot,
    from: { ownerId: row.debtor, kind: row.debit },
    to: { ownerId: row.creditor, kind: row.credit },
    amount: row.amount_micros,
  }));
}

const inOrder = (movements: readonly Movement[]): Movement[] =>
  [...movements].sort(
    (a, b) =>
      Number(a.slot) - Number(b.slot) || Number(a.bidId - b.bidId) || TRANSFER_KINDS.indexOf(a.kind) - TRANSFER_KINDS.indexOf(b.kind),
  );

/** Slots of the runs before are never sold again. */
let baseSlot = 0;

it('moves with the clock what the settlement says, to whom it says', async () => {
  const clock = createClockStore(database.pool);
  const run = async (sold: readonly Sold[], steps: readonly number[]): Promise<void> => {
    for (const one of sold) standings.push(await sell(one, baseSlot));
    for (const step of steps) {
      const { rows } = await database.pool.query<{ last: bigint }>('SELECT max(id) AS last FROM transfer');
      const to = baseSlot + step;
      expect(await clock.advance(market.marketId, to)).toBe(baseSlot);
      const settled = standings.map((standing) => deliver(standing, to));
      expect(await moved(rows[0].last)).toEqual(inOrder(settled.flatMap(({ movements }) => movements)));
      standings = settled.map(({ standing }) => standing);
      baseSlot = to;
    }
  };
  let standings: Standing[] = [];
  await fc.assert(fc.asyncProperty(fc.array(soldArb, { maxLength: 4 }), stepsArb, run), { numRuns: 30, endOnFailure: true });
  await clock.advance(market.marketId, baseSlot + 20);
  expect(
    (await brokenLaws(database.pool)).filter(
      (law) =>
        law.startsWith('escrow') || law.startsWith('what has run') || law.startsWith('what is retained') || law.startsWith('each payment'),
    ),
  ).toEqual([]);
  const { rows } = await database.pool.query(
    `SELECT count(*) FILTER (WHERE balance_micros <> 0)::int AS full FROM account WHERE kind IN ('escrow', 'retained')`,
  );
  expect(rows).toEqual([{ full: 0 }]);
}, 120_000);
