import { startTestApi, type TestApi } from '../support/api.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';

const QUEUE_MAX = 3;

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false, settings: { accept: { waitMs: 1_000, queueMax: QUEUE_MAX } } });
  scene = await setScene(api.client, api.adminKey, { name: 'overload', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const bulk = (name: string, count: number) =>
  api.client.post(`/v1/markets/${scene.marketId}/bids/bulk`, {
    key: scene.bidders[0].key,
    body: { bids: Array.from({ length: count }, (_, index) => ({ idempotencyKey: `${name}-${index}`, ...jobBody(scene.siteIds) })) },
  });

it('takes as many bids as the queue holds, turns the others away with Retry-After, and takes them later', async () => {
  const first = await bulk('first', 5);
  const codes = first.body.results.map(({ status, problem }: { status?: string; problem?: { type: string } }) => status ?? problem?.type);
  expect(codes).toEqual(['queued', 'queued', 'queued', 'urn:eris:problem:overloaded', 'urn:eris:problem:overloaded']);
  expect(first.headers['retry-after']).toBe('1');

  const [filling, one, many] = await Promise.all([
    bulk('filling', QUEUE_MAX),
    api.client.post(`/v1/markets/${scene.marketId}/bids`, {
      key: scene.bidders[0].key,
      body: jobBody(scene.siteIds),
      headers: { 'idempotency-key': 'one' },
    }),
    bulk('many', 2),
  ]);
  const taken = [filling, one, many].filter(({ status }) => status < 300);
  const turnedAway = [filling, one, many].filter(({ status }) => status === 503);
  expect(taken.length + turnedAway.length).toBe(3);
  expect(turnedAway.length).toBeGreaterThan(0);
  for (const { headers, body } of turnedAway) {
    expect(headers['retry-after']).toBe('1');
    expect(body.type).toBe('urn:eris:problem:overloaded');
  }
  expect((await bulk('first', 3)).headers['retry-after']).toBeUndefined();
  const again = await bulk('many', 2);
  expect(again.body.results.map(({ status }: { status: string }) => status)).toEqual(['queued', 'queued']);
}, 30_000);
