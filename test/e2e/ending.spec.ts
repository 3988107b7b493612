import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';

const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';
const WAITING = 40;
const SHUTDOWN_MS = 6_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.drop());

const start = () =>
  spawnApi({
    DATABASE_URL: database.url,
    REDIS_URL: process.env.REDIS_URL,
    ERIS_ADMIN_KEY: ADMIN_KEY,
    ERIS_SHUTDOWN_MS: String(SHUTDOWN_MS),
  });

const bidOf = (client: ApiClient, scene: Scene, number: number) =>
  client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': `ends-${number}`, prefer: 'wait=30' },
  });

it('answers every bid that was sent when it is told to end, and ends in time whatever is unfinished', async () => {
  const api = start();
  const url = await api.url();
  const client = new ApiClient(url);
  const scene = await setScene(client, ADMIN_KEY, { name: 'ending', sites: 1 });
  const { port, hostname } = new URL(url);
  const unfinished = [`Authorization: Bearer ${scene.bidders[0].key}\r\n`, ''].map((key) => {
    const socket = connect(Number(port), hostname);
    socket
      .on('error', () => undefined)
      .write(
        `POST /v1/markets/${scene.marketId}/bids HTTP/1.1\r\nHost: a\r\n${key}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n{`,
      );
    return socket;
  });
  const halfHeaders = connect(Number(port), hostname).on('error', () => undefined);
  halfHeaders.write('GET /v1/markets HTTP/1.1\r\nHo');
  const sent = Array.from({ length: WAITING }, (_, number) => bidOf(client, scene, number));
  const settled = Promise.allSettled(sent);
  await sleep(60);
  const toldMs = performance.now();
  expect(await api.end('SIGTERM')).toBe(0);
  expect(performance.now() - toldMs).toBeLessThan(SHUTDOWN_MS);
  const ends = (await settled).map((end) => (end.status === 'fulfilled' ? end.value.status : String(end.reason)));
  expect(ends).toEqual(new Array<number>(WAITING).fill(202));
  const { rows } = await database.pool.query<{ count: string }>(`SELECT count(*) FROM bid WHERE idempotency_key LIKE 'ends-%'`);
  expect(Number(rows[0].count)).toBe(WAITING);
  for (const socket of [...unfinished, halfHeaders]) socket.destroy();
}, 60_000);
