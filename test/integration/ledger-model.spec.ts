import { applyTransfers, type Ledger, openLedger, type Transfer } from '#ledger';
import fc from 'fast-check';
import { assertLedgerLawful } from '../laws/ledger.js';
import { batchesArb, WORLD } from '../support/ledger-arbitraries.js';
import { accountsOf, insertTransfers, readBooks } from '../support/ledger-books.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases, makeMember, makeOperator, openMarket } from '../support/tenants.js';

// The pure ledger is the model, Postgres the real thing: the same random transfers go to both.
let database: TestDatabase;
let cold: ColdUseCases;
beforeAll(async () => {
  database = await createTestDatabase();
  cold = coldUseCases(database.url);
}, 60_000);
afterAll(async () => {
  await cold.close();
  await database.drop();
});

/** What the constraints of Postgres say: checks, unique keys, foreign keys. */
const CONSTRAINTS = new Set(['23503', '23505', '23514']);
/** More of a hold than is left is refused by the database only where the bidder holds nothing else: its callers never ask for it. */
const CALLERS_DUTY = new Set(['not_held', 'exceeds_hold']);

/** A world of its own in Postgres, with ids in place of those of the model. */
async function openWorld(run: number): Promise<{ ownerIds: bigint[]; marketId: bigint; real: (transfer: Transfer) => Transfer }> {
  const operator = await makeOperator(cold, `operator ${run}`);
  const bidders = [
    await makeMember(cold, operator, { name: 'one', role: 'bidder' }),
    await makeMember(cold, operator, { name: 'two', role: 'bidder' }),
  ];
  const { marketId } = await openMarket(cold, operator);
  const ownerIds = [operator, ...bidders].map(({ organisationId }) => organisationId);
  const accounts = await Promise.all(ownerIds.map((ownerId) => accountsOf(database.pool, ownerId)));
  const ids = new Map(WORLD.map(({ id, ownerId, kind }) => [id, accounts[Number(ownerId) - 1][kind].id]));
  const realId = (id: bigint): bigint => ids.get(id) ?? -1n;
  const real = (transfer: Transfer): Transfer => {
    const ends = { ...transfer, debitId: realId(transfer.debitId), creditId: realId(transfer.creditId) };
    return 'bidId' in ends ? { ...ends, bidId: ends.bidId + BigInt(run) * 1000n } : ends;
  };
  return { ownerIds, marketId, real };
}

async function applyForReal(marketId: bigint, transfers: readonly Transfer[]): Promise<'applied' | 'refused'> {
  try {
    await insertTransfers(database.pool, marketId, transfers);
    return 'applied';
  } catch (error) {
    expect(CONSTRAINTS).toContain((error as { code?: string }).code);
    return 'refused';
  }
}

const balancesIn = (ledger: Ledger): bigint[] => WORLD.map(({ id }) => ledger.accounts.get(id)?.balance ?? 0n);

let run = 0;
async function runBoth(batches: readonly Transfer[][]): Promise<void> {
  const world = await openWorld(++run);
  let model = openLedger(WORLD);
  for (const batch of batches) {
    const outcome = applyTransfers(model, batch);
    if (CALLERS_DUTY.has(outcome.kind)) continue;
    const happened = await applyForReal(world.marketId, batch.map(world.real));
    expect({ batch, happened }).toEqual({ batch, happened: outcome.kind === 'applied' ? 'applied' : 'refused' });
    if (outcome.kind === 'applied') model = outcome.ledger;
  }
  const books = await readBooks(database.pool, world.ownerIds);
  assertLedgerLawful(books);
  expect(books.entries.length).toBe(model.entries.length);
  const used = [...books.accounts.values()].filter(({ kind, ownerId }) =>
    WORLD.some((account) => account.kind === kind && world.ownerIds[Number(account.ownerId) - 1] === ownerId),
  );
  expect(used.map(({ balance }) => balance).sort()).toEqual(balancesIn(model).sort());
  expect([...books.holds.values()].map(({ left }) => left).sort()).toEqual([...model.holds.values()].map(({ left }) => left).sort());
}

it('keeps the same books as the model, whatever is tried', async () => {
  await fc.assert(fc.asyncProperty(batchesArb, runBoth), { numRuns: 40 });
}, 120_000);
