import { BALANCE_MAX, type Transfer, WALLET_MAX } from '#ledger';
import { type Caller, type DepositOutcome, type EntryRecord, hashKey, type OrganisationRecord } from '#market';
import { micros } from '#units';
import { assertLedgerLawful } from '../laws/ledger.js';
import { accountsOf, insertTransfers, readBooks } from '../support/ledger-books.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases, makeMember, makeOperator, openMarket, FIRST_PAGE } from '../support/tenants.js';

// Postgres, its constraints and Prisma are real; nothing is faked.
type Member = Caller & { readonly organisation: OrganisationRecord };
let database: TestDatabase;
let cold: ColdUseCases;
let operator: Member;
let bidder: Member;
/** Whose books must be lawful together after each test. */
let members: Member[];
beforeAll(async () => {
  database = await createTestDatabase();
  cold = coldUseCases(database.url);
}, 60_000);
beforeEach(async () => {
  const name = expect.getState().currentTestName ?? '';
  operator = await makeOperator(cold, name);
  bidder = await makeMember(cold, operator, { name: 'bidder', role: 'bidder' });
  members = [operator, bidder];
});
afterEach(async () =>
  assertLedgerLawful(
    await readBooks(
      database.pool,
      members.map(({ organisationId }) => organisationId),
    ),
  ),
);
afterAll(async () => {
  await cold.close();
  await database.drop();
});

interface Asked {
  readonly key: string;
  readonly credits?: bigint;
  readonly caller?: Caller;
  readonly accountId?: bigint;
}
const deposit = ({ key, credits = 10n, caller = operator, accountId = bidder.organisation.accountId }: Asked): Promise<DepositOutcome> =>
  cold.accounts.deposit.run({
    caller,
    accountId,
    amount: micros(credits * 1_000_000n),
    idempotencyKey: key,
    requestHash: hashKey(`${credits}`),
  });
const balance = async (): Promise<unknown> => {
  const outcome = await cold.accounts.get.run({ caller: bidder, accountId: bidder.organisation.accountId });
  return outcome.kind === 'found' ? [outcome.account.available, outcome.account.held] : outcome.kind;
};

describe('a deposit', () => {
  it('has one effect and one answer, however often and wherever it is asked for at once', async () => {
    const other = coldUseCases(database.url);
    const both = [cold, other];
    const request = {
      caller: operator,
      accountId: bidder.organisation.accountId,
      amount: micros(7n),
      idempotencyKey: 'same',
      requestHash: hashKey('7'),
    };
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => both[index % 2].accounts.deposit.run(request)));
    await other.close();
    const answers = outcomes.flatMap((outcome) => (outcome.kind === 'deposited' ? [outcome] : []));
    expect(answers).toHaveLength(20);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    for (const { account } of answers) expect(account).toEqual({ accountId: bidder.organisation.accountId, available: 7n, held: 0n });
    expect(await balance()).toEqual([7n, 0n]);
  });

  it('answers a repeated request as it was answered first, whatever has happened since', async () => {
    const first = await deposit({ key: 'first' });
    await deposit({ key: 'second' });
    expect(await deposit({ key: 'first' })).toEqual({ ...first, replayed: true });
    expect(await balance()).toEqual([20_000_000n, 0n]);
  });

  it('refuses a key that was used for something else', async () => {
    const twin = await makeMember(cold, operator, { name: 'twin', role: 'bidder' });
    await deposit({ key: 'used' });
    expect(await deposit({ key: 'used', credits: 11n })).toEqual({ kind: 'key_reused' });
    expect(await deposit({ key: 'used', accountId: twin.organisation.accountId })).toEqual({ kind: 'key_reused' });
    expect(await balance()).toEqual([10_000_000n, 0n]);
  });

  it('is told of a first request that is still under way', async () => {
    const holder = await database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${operator.organisationId}:slow`]);
    expect(await deposit({ key: 'slow' })).toEqual({ kind: 'request_in_flight' });
    await holder.query('ROLLBACK');
    holder.release();
    expect(await deposit({ key: 'slow' })).toMatchObject({ kind: 'deposited', replayed: false });
  }, 20_000);

  it('does not reach accounts of others, nor accounts that are not wallets', async () => {
    const stranger = await makeOperator(cold, 'stranger');
    const { escrow } = await accountsOf(database.pool, bidder.organisationId);
    for (const asked of [{ caller: stranger }, { accountId: escrow.id }, { accountId: 999_999n }]) {
      expect(await deposit({ key: 'theirs', ...asked })).toEqual({ kind: 'not_found' });
    }
    expect(await balance()).toEqual([0n, 0n]);
  });

  it('is not made by an organisation into its own wallet, unless nobody made it', async () => {
    const asOperator: Caller = { ...bidder, role: 'operator' };
    expect(await deposit({ key: 'own', caller: asOperator })).toMatchObject({ kind: 'role_not_allowed' });
    expect(await balance()).toEqual([0n, 0n]);
    const { rows } = await database.pool.query<{ id: bigint }>('SELECT id FROM organisation WHERE parent_id IS NULL LIMIT 1');
    const { wallet } = await accountsOf(database.pool, rows[0].id);
    const root: Caller = { ...operator, organisationId: rows[0].id };
    expect(await deposit({ key: 'root', caller: root, accountId: wallet.id })).toMatchObject({ kind: 'deposited' });
  });

  it('leaves nothing where it fails at the last moment', async () => {
    const failing = cold.works.accounts.transaction(async (tx) => {
      await tx.claim({ organisationId: operator.organisationId, key: 'fails', requestHash: hashKey('') });
      await tx.deposit({ operatorId: operator.organisationId, walletId: bidder.organisation.accountId, amount: micros(5n) });
      throw new Error('just before the commit');
    });
    await expect(failing).rejects.toThrow('just before the commit');
    expect(await balance()).toEqual([0n, 0n]);
    expect(await deposit({ key: 'fails' })).toMatchObject({ kind: 'deposited', replayed: false });
  });
});

describe('a deposit beyond what the books hold', () => {
  const bulk = async (amount: bigint, walletId: bigint): Promise<void> => {
    const { funding } = await accountsOf(database.pool, operator.organisationId);
    const { marketId } = await openMarket(cold, operator);
    await insertTransfers(database.pool, marketId, [{ kind: 'deposit', debitId: funding.id, creditId: walletId, amount: micros(amount) }]);
  };
  const CREDIT = 1_000_000n;

  it('is refused, once and again, and leaves other accounts and the key alone', async () => {
    const other = await makeMember(cold, operator, { name: 'other', role: 'bidder' });
    members.push(other);
    await bulk(WALLET_MAX - 5n * CREDIT, bidder.organisation.accountId);
    expect(await deposit({ key: 'full', credits: 6n })).toMatchObject({ kind: 'balance_limit' });
    expect(await deposit({ key: 'full', credits: 6n })).toMatchObject({ kind: 'balance_limit' });
    expect(await deposit({ key: 'other', credits: 900_000_000n, accountId: other.organisation.accountId })).toMatchObject({
      kind: 'deposited',
    });
    expect(await deposit({ key: 'full', credits: 5n })).toMatchObject({ kind: 'deposited', replayed: false });
    expect(await deposit({ key: 'full', credits: 5n })).toMatchObject({ kind: 'deposited', replayed: true });
    expect(await balance()).toEqual([WALLET_MAX, 0n]);
  });

  it('is refused where the operator has put in all that there can be, and bothers no other operator', async () => {
    const [rich, poor] = [await makeMember(cold, operator, { name: 'rich', role: 'bidder' }), await makeOperator(cold, 'another operator')];
    members.push(rich);
    await bulk(BALANCE_MAX - 5n * CREDIT, rich.organisation.accountId);
    expect(await deposit({ key: 'sixth', credits: 6n })).toMatchObject({ kind: 'balance_limit' });
    expect(await deposit({ key: 'fifth', credits: 5n })).toMatchObject({ kind: 'deposited' });
    expect(await deposit({ key: 'one', credits: 1n })).toMatchObject({ kind: 'balance_limit' });
    const member = await makeMember(cold, poor, { name: 'member', role: 'bidder' });
    expect(await deposit({ key: 'theirs', caller: poor, accountId: member.organisation.accountId })).toMatchObject({ kind: 'deposited' });
  });

  it('is not let in by many at once', async () => {
    await bulk(WALLET_MAX - 5n * CREDIT, bidder.organisation.accountId);
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, index) => deposit({ key: `at once ${index}`, credits: 1n })));
    expect(outcomes.filter(({ kind }) => kind === 'deposited')).toHaveLength(5);
    expect(outcomes.filter(({ kind }) => kind === 'balance_limit')).toHaveLength(7);
  });
});

describe('entries', () => {
  it('are paged in their order, each met once', async () => {
    const { marketId } = await openMarket(cold, operator);
    await deposit({ key: 'entries' });
    const { wallet, escrow } = await accountsOf(database.pool, bidder.organisationId);
    const holds = Array.from({ length: 3 }, (_, index): Transfer => ({
      kind: 'hold',
      debitId: wallet.id,
      creditId: escrow.id,
      amount: micros(1n),
      bidId: BigInt(index) - 3n,
    }));
    await insertTransfers(database.pool, marketId, holds);
    const met: EntryRecord[] = [];
    for (let afterId: bigint | null = 0n; afterId !== null;) {
      const page = await cold.accounts.entries.run({ caller: operator, accountId: wallet.id, afterId, limit: 2 });
      if (page.kind !== 'page') throw new Error(page.kind);
      met.push(...page.entries);
      afterId = page.nextId;
    }
    const held = [
      ['hold', 'wallet', -1n],
      ['hold', 'escrow', 1n],
    ];
    expect(met.map(({ kind, account, amount }) => [kind, account, amount])).toEqual([
      ['deposit', 'wallet', 10_000_000n],
      ...held,
      ...held,
      ...held,
    ]);
    expect(await balance()).toEqual([9_999_997n, 3n]);
  });

  it('are seen by those who see the account', async () => {
    const stranger = await makeOperator(cold, 'stranger to entries');
    const { wallet } = await accountsOf(database.pool, operator.organisationId);
    for (const caller of [stranger, bidder]) {
      expect(await cold.accounts.entries.run({ caller, accountId: wallet.id, afterId: 0n, limit: 2 })).toEqual({ kind: 'not_found' });
    }
    expect(
      (await cold.accounts.list.run({ caller: bidder, ...FIRST_PAGE })).accounts.map(({ organisationName }) => organisationName),
    ).toEqual(['bidder']);
    expect((await cold.accounts.list.run({ caller: { ...operator, role: 'auditor' }, ...FIRST_PAGE })).accounts).toHaveLength(2);
  });
});

it('never holds more than a wallet has, however many try at once', async () => {
  const { marketId } = await openMarket(cold, operator);
  await deposit({ key: 'race', credits: 1n });
  const { wallet, escrow } = await accountsOf(database.pool, bidder.organisationId);
  const hold = (bidId: bigint): Transfer => ({ kind: 'hold', debitId: wallet.id, creditId: escrow.id, amount: micros(100_000n), bidId });
  const tries = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) => insertTransfers(database.pool, marketId, [hold(BigInt(index) + 5000n)])),
  );
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(await balance()).toEqual([0n, 1_000_000n]);
});
