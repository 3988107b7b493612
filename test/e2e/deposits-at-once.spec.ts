import { startTestApi, type TestApi } from '../support/api.js';
import { type Scene, setScene } from '../support/scenes.js';

// Real: the API and Postgres, whose row is held by another connection for longer than a request waits for its turn.
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  scene = await setScene(api.client, api.adminKey, { name: 'many', funds: '0' });
}, 60_000);
afterAll(() => api.close());

const HELD_MS = 6_500;
const MANY = 40;

it('answers 503 with Retry-After whose turn does not come in time, and does nothing of it', async () => {
  const { accountId } = scene.bidders[0];
  const deposit = (index: number) =>
    api.client.post(`/v1/accounts/${accountId}/deposits`, {
      key: scene.operatorKey,
      body: { amount: '1' },
      headers: { 'idempotency-key': `at-once-${index}` },
    });
  const holder = await api.pool.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM account WHERE id = $1 FOR UPDATE', [accountId]);
  const answering = Promise.all(Array.from({ length: MANY }, (_, index) => deposit(index)));
  await new Promise((resolve) => setTimeout(resolve, HELD_MS));
  await holder.query('ROLLBACK');
  holder.release();
  const answers = await answering;
  const done = answers.filter(({ status }) => status === 201);
  const put = answers.filter(({ status }) => status === 503);
  expect(answers.filter(({ status }) => status !== 201 && status !== 503)).toEqual([]);
  expect(put.length).toBeGreaterThan(0);
  for (const { headers, body } of put) {
    expect(headers['retry-after']).toBe('1');
    expect(body).toMatchObject({ type: 'urn:eris:problem:database_busy' });
  }
  const available = async (): Promise<string> =>
    (await api.client.get('/v1/accounts', { key: scene.bidders[0].key })).body.items[0].balance.available;
  expect(await available()).toBe(String(done.length));
  for (let index = 0; index < MANY; index++) expect((await deposit(index)).status).toBe(201);
  expect(await available()).toBe(String(MANY));
}, 60_000);
