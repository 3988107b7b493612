import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { ApiClient } from '../support/api-client.js';
import { type ApiProcess, spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { jobBody, setScene } from '../support/scenes.js';

const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.drop());

const start = (env: Record<string, string> = {}): ApiProcess =>
  spawnApi({ DATABASE_URL: database.url, REDIS_URL: process.env.REDIS_URL, ERIS_ADMIN_KEY: ADMIN_KEY, ...env });

describe('at start', () => {
  it('says that the database is down, and ends with 1', async () => {
    const api = start({ DATABASE_URL: 'postgres://eris:secret@127.0.0.1:1/eris' });
    expect(await api.ended()).toBe(1);
    expect(api.output()).toContain('The database at 127.0.0.1:1/eris cannot be reached. Start it, or correct DATABASE_URL.');
    expect(api.output()).not.toContain('secret');
  });

  it('says that the database has no schema, and ends with 1', async () => {
    const bare = new URL(database.url);
    bare.pathname = '/template1';
    const api = start({ DATABASE_URL: bare.href });
    expect(await api.ended()).toBe(1);
    expect(api.output()).toContain('has no schema yet. Run `npx eris migrate` first.');
  });

  it('says that the port is taken, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const api = start({ PORT: String(port) });
    expect(await api.ended()).toBe(1);
    expect(api.output()).toContain(`Port ${port} of 127.0.0.1 is taken.`);
    other.close();
  });

  it('shows the first key once, where none was given', async () => {
    const fresh = await createTestDatabase();
    const first = start({ DATABASE_URL: fresh.url, ERIS_ADMIN_KEY: '' });
    const client = new ApiClient(await first.url());
    const key = /shown this once: (\S+)/.exec(first.output())?.[1];
    expect((await client.get('/v1/organisations', { key })).status).toBe(200);
    expect(await first.end('SIGTERM')).toBe(0);
    const second = start({ DATABASE_URL: fresh.url, ERIS_ADMIN_KEY: '' });
    await second.url();
    await second.end('SIGTERM');
    expect(second.output()).not.toContain('shown this once');
    await fresh.drop();
  });
});

it('serves its pages without the internet', async () => {
  const api = start();
  const url = await api.url();
  const page = await (await request(`${url}/docs`)).body.text();
  const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    expect(file).toMatch(/^\.\//);
    expect((await request(new URL(file, `${url}/docs`))).statusCode).toBe(200);
  }
  await api.end('SIGTERM');
});

it('lets nobody down when told to end: streams end, those who wait get 202', async () => {
  const api = start();
  const client = new ApiClient(await api.url());
  const scene = await setScene(client, ADMIN_KEY, { name: 'the end' });
  const stream = await request(`${client.url}/v1/markets/${scene.marketId}/events`, {
    headers: { authorization: `Bearer ${scene.operatorKey}` },
  });
  const events = stream.body.text();
  const waiting = client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': 'at the end'.replaceAll(' ', '-'), prefer: 'wait=30' },
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const beganMs = performance.now();
  expect(await api.end('SIGTERM')).toBe(0);
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  expect((await waiting).status).toBe(202);
  expect(await events).toContain('event: market_opened');
  const { rows } = await database.pool.query('SELECT id FROM bid WHERE market_id = $1', [scene.marketId]);
  expect(rows).toHaveLength(1);
});
