import { hashKey } from '#market';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases } from '../support/tenants.js';

// Postgres and Prisma are real; nothing is faked. Each test has a database of its own: there is one admin key in each.
let database: TestDatabase;
let cold: ColdUseCases;
beforeEach(async () => {
  database = await createTestDatabase();
  cold = coldUseCases(database.url);
}, 60_000);
afterEach(async () => {
  await cold.close();
  await database.drop();
});

const [OLD, NEW] = ['an-older-admin-key-0123456789', 'a-newer-admin-key-9876543210'];
const isValid = async (text: string): Promise<boolean> => (await cold.keys.find.run(hashKey(text)))?.revokedAt === null;

describe('another configured admin key', () => {
  it('ends the one before, and says which it was', async () => {
    await cold.keys.ensureAdmin.run(OLD);
    const outcome = await cold.keys.ensureAdmin.run(NEW);
    expect(outcome).toMatchObject({ kind: 'stored', replaced: [{ prefix: OLD.slice(0, 9), origin: 'environment' }], doubtful: [] });
    expect([await isValid(OLD), await isValid(NEW)]).toEqual([false, true]);
  });

  it('ends the one that was made at the first start', async () => {
    const first = await cold.keys.ensureAdmin.run();
    if (first.kind !== 'made') throw new Error(first.kind);
    await cold.keys.ensureAdmin.run(NEW);
    expect([await isValid(first.plain), await isValid(NEW)]).toEqual([false, true]);
  });

  it('holds whoever starts with an older one after it', async () => {
    await cold.keys.ensureAdmin.run(OLD);
    await cold.keys.ensureAdmin.run(NEW);
    for (let time = 0; time < 3; time++) {
      expect(await cold.keys.ensureAdmin.run(OLD)).toMatchObject({ kind: 'revoked', successor: { prefix: NEW.slice(0, 9) } });
      expect(await cold.keys.ensureAdmin.run(NEW)).toEqual({ kind: 'present' });
      expect(await cold.keys.ensureAdmin.run()).toEqual({ kind: 'present' });
    }
    expect([await isValid(OLD), await isValid(NEW)]).toEqual([false, true]);
  });

  it('leaves one that is valid, however many processes start with different ones at once', async () => {
    const texts = Array.from({ length: 6 }, (_, index) => `admin-key-number-${index}-abcdefghij`);
    await Promise.all([...texts, ...texts].map((text) => cold.keys.ensureAdmin.run(text)));
    const { rows } = await database.pool.query(`SELECT FROM api_key WHERE origin = 'environment' AND revoked_at IS NULL`);
    expect(rows).toHaveLength(1);
  });

  it('leaves keys that operators made, and names those that look like one from before', async () => {
    await cold.keys.ensureAdmin.run(OLD);
    const { organisationId = 0n } = (await cold.keys.find.run(hashKey(OLD))) ?? {};
    const caller = { organisationId, role: 'operator' } as const;
    const plain = await cold.keys.create.run({ caller, organisationId, role: 'operator', label: 'laptop' });
    const alike = await cold.keys.create.run({ caller, organisationId, role: 'operator', label: 'admin' });
    if (plain.kind !== 'created' || alike.kind !== 'created') throw new Error('not made');
    expect(await cold.keys.ensureAdmin.run(NEW)).toMatchObject({ doubtful: [{ keyId: alike.key.keyId }] });
    expect([await isValid(plain.plain), await isValid(alike.plain)]).toEqual([true, true]);
  });

  it('adopts a key that was stored before origins were', async () => {
    await cold.keys.ensureAdmin.run(OLD);
    await database.pool.query(`UPDATE api_key SET origin = 'request'`);
    expect(await cold.keys.ensureAdmin.run(OLD)).toEqual({ kind: 'present' });
    expect(await cold.keys.find.run(hashKey(OLD))).toMatchObject({ origin: 'environment' });
  });
});

describe('a key that is kept beside the database', () => {
  it('is used where there is none, and ends no other', async () => {
    expect(await cold.keys.ensureAdmin.offer(OLD)).toEqual({ kind: 'stored' });
    expect(await cold.keys.ensureAdmin.offer(OLD)).toEqual({ kind: 'present' });
    expect(await cold.keys.ensureAdmin.offer(NEW)).toEqual({ kind: 'other' });
    expect([await isValid(OLD), await isValid(NEW)]).toEqual([true, false]);
  });

  it('does not come back once another one has taken its place', async () => {
    await cold.keys.ensureAdmin.offer(OLD);
    await cold.keys.ensureAdmin.replace(NEW);
    expect(await cold.keys.ensureAdmin.offer(OLD)).toEqual({ kind: 'other' });
    expect([await isValid(OLD), await isValid(NEW)]).toEqual([false, true]);
  });
});
