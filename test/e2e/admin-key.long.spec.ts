import { ApiClient } from '../support/api-client.js';
import { type ApiProcess, spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const OLD = 'Vq1-an-older-admin-key-for-tests';
const NEW = 'Xz9-a-newer-admin-key-for-tests!';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.drop());

const start = (adminKey: string): ApiProcess =>
  spawnApi({ DATABASE_URL: database.url, REDIS_URL: process.env.REDIS_URL, ERIS_ADMIN_KEY: adminKey });

const statusWith = async (client: ApiClient, key: string): Promise<number> => (await client.get('/v1/organisations', { key })).status;

it('ends the admin key before it everywhere within five seconds, and does not give it back to a process that comes late', async () => {
  const first = start(OLD);
  const at = new ApiClient(await first.url());
  expect(await statusWith(at, OLD)).toBe(200);
  const second = start(NEW);
  await second.url();
  const beganMs = performance.now();
  await until(async () => (await statusWith(at, OLD)) === 401, { everyMs: 100, maxMs: 30_000 });
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  expect(await statusWith(at, NEW)).toBe(200);
  expect(second.output()).toContain('the admin key before it is revoked');

  const late = start(OLD);
  expect(await late.ended()).toBe(1);
  expect(late.output()).toMatch(
    /^ERIS_ADMIN_KEY is a key that another one has replaced, on \S+: key \d+, which begins with Xz9-a-newe\. Set that one/m,
  );
  expect(await statusWith(at, NEW)).toBe(200);
  const { body } = await at.get('/v1/keys', { key: NEW });
  expect(body.items).toMatchObject([
    { origin: 'environment', prefix: 'Vq1-an-old', revokedAt: expect.any(String) },
    { origin: 'environment', prefix: 'Xz9-a-newe', revokedAt: null },
  ]);
  for (const text of [first.output(), second.output(), late.output()]) for (const key of [OLD, NEW]) expect(text).not.toContain(key);
  expect([await first.end('SIGTERM'), await second.end('SIGTERM')]).toEqual([0, 0]);
}, 120_000);

it('refuses to start with an admin key that can be guessed, in one line that says what to do', async () => {
  const api = start('a');
  expect(await api.ended()).toBe(1);
  expect(api.output()).toMatch(/^ {2}ERIS_ADMIN_KEY must be 24 to 200 characters, random ones: make it with `openssl rand -base64 32`$/m);
}, 60_000);
