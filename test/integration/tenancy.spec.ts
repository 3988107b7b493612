import { hashKey } from '#market';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases, FIRST_PAGE, makeMember, makeOperator } from '../support/tenants.js';

// Postgres, its constraints and Prisma are real; nothing is faked.
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

const storedKeys = async (): Promise<string> =>
  (await database.pool.query<{ rows: string }>(`SELECT string_agg(k::text, ' ') AS rows FROM api_key k`)).rows[0].rows ?? '';

describe('the first key', () => {
  it('is made once, however many processes start at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => cold.keys.ensureAdmin.run()));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['made', 'present', 'present', 'present', 'present']);
    const made = outcomes.find((outcome) => outcome.kind === 'made');
    expect(made?.plain).toMatch(/^eris_o_[\w-]{43}$/);
    expect(await cold.keys.find.run(hashKey(made?.plain ?? ''))).toMatchObject({
      role: 'operator',
      organisationId: made?.organisationId,
      parentId: null,
      revokedAt: null,
    });
  });

  it('is the configured one where there is one, and stays revoked once it is', async () => {
    const text = 'a configured key that nobody guesses';
    expect(await cold.keys.ensureAdmin.run(text)).toMatchObject({ kind: 'stored' });
    expect(await cold.keys.ensureAdmin.run(text)).toEqual({ kind: 'present' });
    const key = await cold.keys.find.run(hashKey(text));
    const caller = { organisationId: key?.organisationId ?? 0n, role: 'operator' } as const;
    expect(await cold.keys.revoke.run({ caller, keyId: key?.keyId ?? 0n })).toMatchObject({ kind: 'revoked' });
    expect(await cold.keys.ensureAdmin.run(text)).toEqual({ kind: 'revoked' });
    expect(await storedKeys()).not.toContain(text);
  });
});

describe('organisations', () => {
  interface AccountRow {
    readonly id: bigint;
    readonly kind: string;
    readonly balance_micros: bigint;
  }

  it('are made with an account of each kind', async () => {
    const { organisation } = await makeOperator(cold, 'an account of each kind');
    const { rows } = await database.pool.query<AccountRow>(
      'SELECT id, kind::text, balance_micros FROM account WHERE organisation_id = $1 ORDER BY kind::text',
      [organisation.organisationId],
    );
    expect(rows.map(({ kind, balance_micros }) => [kind, balance_micros])).toEqual([
      ['escrow', 0n],
      ['funding', 0n],
      ['retained', 0n],
      ['revenue', 0n],
      ['wallet', 0n],
    ]);
    expect(rows[4].id).toBe(organisation.accountId);
  });

  it('have a name of their own among those of one operator, also when made at once', async () => {
    const operator = await makeOperator(cold, 'names');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => cold.organisations.create.run({ caller: operator, name: 'twin' })));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', 'name_taken', 'name_taken', 'name_taken', 'name_taken']);
    expect(await cold.organisations.create.run({ caller: await makeOperator(cold, 'other names'), name: 'twin' })).toMatchObject({
      kind: 'created',
    });
  });

  it('are seen by the operator that made them, and by no other', async () => {
    const [operator, other] = [await makeOperator(cold, 'sees'), await makeOperator(cold, 'sees not')];
    const bidder = await makeMember(cold, operator, { name: 'seen', role: 'bidder' });
    const namesOf = async (caller: typeof operator) =>
      (await cold.organisations.list.run({ caller, ...FIRST_PAGE })).organisations.map(({ name }) => name);
    expect(await namesOf(operator)).toEqual(['sees', 'seen']);
    expect(await namesOf({ ...operator, role: 'auditor' })).toEqual(['sees', 'seen']);
    expect(await namesOf(bidder)).toEqual(['seen']);
    expect(await namesOf(other)).toEqual(['sees not']);
  });
});

describe('keys', () => {
  it('are stored as hashes only, and are found by them', async () => {
    const operator = await makeOperator(cold, 'keys');
    const bidder = await makeMember(cold, operator, { name: 'holder', role: 'bidder' });
    const made = await cold.keys.create.run({ caller: operator, organisationId: bidder.organisationId, role: 'bidder', label: 'laptop' });
    if (made.kind !== 'created') throw new Error(made.kind);
    expect(made.plain).toMatch(/^eris_b_[\w-]{43}$/);
    expect(made.key).toMatchObject({
      role: 'bidder',
      label: 'laptop',
      prefix: made.plain.slice(0, 12),
      parentId: operator.organisationId,
      revokedAt: null,
    });
    expect(await cold.keys.find.run(hashKey(made.plain))).toEqual(made.key);
    expect(await cold.keys.find.run(hashKey(`${made.plain}x`))).toBeUndefined();
    expect(await storedKeys()).not.toContain(made.plain.slice(13));
  });

  it('are revoked once and for good, by their operator only', async () => {
    const [operator, other] = [await makeOperator(cold, 'revokes'), await makeOperator(cold, 'revokes not')];
    const made = await cold.keys.create.run({ caller: operator, organisationId: operator.organisationId, role: 'auditor' });
    if (made.kind !== 'created') throw new Error(made.kind);
    const { keyId } = made.key;
    expect(await cold.keys.revoke.run({ caller: other, keyId })).toEqual({ kind: 'not_found' });
    expect((await cold.keys.find.run(hashKey(made.plain)))?.revokedAt).toBeNull();
    expect(await cold.keys.revoke.run({ caller: operator, keyId })).toMatchObject({ kind: 'revoked' });
    const revoked = await cold.keys.find.run(hashKey(made.plain));
    expect(revoked?.revokedAt).toBeInstanceOf(Date);
    expect(await cold.keys.revoke.run({ caller: operator, keyId })).toMatchObject({ kind: 'revoked' });
    expect(await cold.keys.find.run(hashKey(made.plain))).toEqual(revoked);
  });

  it('are not made for organisations of others', async () => {
    const [operator, other] = [await makeOperator(cold, 'makes'), await makeOperator(cold, 'makes not')];
    const bidder = await makeMember(cold, operator, { name: 'theirs', role: 'bidder' });
    for (const { organisationId } of [operator, bidder]) {
      expect(await cold.keys.create.run({ caller: other, organisationId, role: 'operator' })).toEqual({ kind: 'not_found' });
    }
    expect(await cold.keys.create.run({ caller: operator, organisationId: 999_999n, role: 'bidder' })).toEqual({ kind: 'not_found' });
  });
});
