import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashKey } from '#market';
import { type AdminKey, adminKeyOf } from '../../apps/cli/src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases } from '../support/tenants.js';

// The folder and Postgres are real; nothing is faked.
let database: TestDatabase;
let cold: ColdUseCases;
let dataDir: string;
beforeEach(async () => {
  database = await createTestDatabase();
  cold = coldUseCases(database.url);
  dataDir = mkdtempSync(join(tmpdir(), 'eris-kept-'));
}, 60_000);
afterEach(async () => {
  await cold.close();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const CONFIGURED = 'a-Configured-admin-key-0123456789';
const file = (): string => join(dataDir, 'admin-key');
const kept = (): string => readFileSync(file(), 'utf8').trim();
const isValid = async (text = ''): Promise<boolean> => (await cold.keys.find.run(hashKey(text)))?.revokedAt === null;
const keyOf = (isEmbedded: boolean, configured?: string): Promise<AdminKey> =>
  adminKeyOf({ configured, dataDir, databaseUrl: database.url, isEmbedded });

describe.each([true, false])('where the database is the folder’s own: %p', (isEmbedded) => {
  it('is made once, shown once, and kept for its owner only', async () => {
    const first = await keyOf(isEmbedded);
    expect(first).toEqual({ text: kept(), note: `${kept()}  (shown this once; kept in ${file()})` });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(await isValid(first.text)).toBe(true);
    expect(await keyOf(isEmbedded)).toEqual({ text: first.text, note: `in ${file()}` });
  });

  it('is not shown where it is configured', async () => {
    expect(await keyOf(isEmbedded, CONFIGURED)).toEqual({ text: CONFIGURED, note: 'the one in ERIS_ADMIN_KEY' });
  });
});

it('is made anew where the folder is the database’s and what it keeps is no longer valid', async () => {
  const first = await keyOf(true);
  await database.pool.query('UPDATE api_key SET revoked_at = now()');
  const second = await keyOf(true);
  expect(second.note).toContain('shown this once');
  expect(kept()).toBe(second.text);
  expect([await isValid(first.text), await isValid(second.text)]).toEqual([false, true]);
});

it.each([true, false])('leaves a configured one alone, embedded or not: %p', async (isEmbedded) => {
  await cold.keys.ensureAdmin.run(CONFIGURED);
  for (const before of ['', 'eris_o_kept-from-another-database']) {
    if (before) writeFileSync(file(), before);
    const note = 'the one that ERIS_ADMIN_KEY had before; set it to a new one to replace that';
    expect(await keyOf(isEmbedded)).toEqual({ text: undefined, note });
  }
  expect(await isValid(CONFIGURED)).toBe(true);
  expect(kept()).toBe('eris_o_kept-from-another-database');
});

it('leaves any alone where the database is somebody else’s', async () => {
  const first = await keyOf(false);
  rmSync(file());
  expect(await keyOf(false)).toEqual({ text: undefined, note: expect.stringContaining('set ERIS_ADMIN_KEY to replace it') });
  expect(await isValid(first.text)).toBe(true);
});

it('is one, however many come at once', async () => {
  const keys = await Promise.all(Array.from({ length: 4 }, () => keyOf(false)));
  expect(new Set(keys.map(({ text }) => text))).toEqual(new Set([kept()]));
  expect(await isValid(kept())).toBe(true);
});
