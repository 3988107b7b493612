import { request } from 'node:http';
import { startSibling, startTestApi, type TestApi } from '../support/api.js';
import { addBidder, jobBody, type Scene, setScene } from '../support/scenes.js';

const WITHIN_MS = 5_000;

let api: TestApi;
let sibling: Awaited<ReturnType<typeof startSibling>>;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  sibling = await startSibling(api.databaseUrl);
  scene = await setScene(api.client, api.adminKey, { name: 'revocations', sites: 1 });
}, 60_000);
afterAll(async () => {
  await sibling.close();
  await api.close();
});

/** Follows the market's log until it ends. @returns all that it said. */
async function follow(key: string): Promise<() => Promise<string>> {
  const answer = await fetch(`${api.client.url}/v1/markets/${scene.marketId}/events`, { headers: { authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);
  const text = answer.text();
  return () => text;
}

const revoke = (client: TestApi['client'], keyId: string) => client.delete(`/v1/keys/${keyId}`, { key: scene.operatorKey });

it.each([
  ['this process', 0],
  ['another one', 1],
])(
  'ends streams and waits of a key that is revoked by %s, and leaves those of others',
  async (_name, bidder) => {
    const { key, keyId } = scene.bidders[bidder];
    const [stream, other] = [await follow(key), await follow(scene.operatorKey)];
    const waiting = api.client.post(`/v1/markets/${scene.marketId}/bids`, {
      key,
      body: jobBody(scene.siteIds),
      headers: { 'idempotency-key': 'waits', prefer: 'wait=30' },
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const beganMs = performance.now();
    expect((await revoke([api, sibling][bidder].client, keyId)).status).toBe(204);
    const [said, answer] = await Promise.all([stream(), waiting]);
    expect(performance.now() - beganMs).toBeLessThan(WITHIN_MS);
    expect(said).toMatch(/event: end\ndata: \{"reason":"key_revoked"\}\n\n$/);
    expect(answer.body.type).toBe('urn:eris:problem:unauthenticated');
    const isStillOpen = await Promise.race([other().then(() => false), new Promise((resolve) => setTimeout(() => resolve(true), 100))]);
    expect(isStillOpen).toBe(true);
  },
  20_000,
);

it('takes no body of a key that was revoked while it came', async () => {
  const { key, keyId } = await addBidder(api.client, { operatorKey: scene.operatorKey, name: 'slow', funds: '0' });
  const body = JSON.stringify(jobBody(scene.siteIds));
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': body.length,
    'idempotency-key': 'slow',
  };
  const sent = request(`${api.client.url}/v1/markets/${scene.marketId}/bids`, { method: 'POST', headers });
  const answer = new Promise<number | undefined>((resolve, reject) => {
    sent.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
  });
  sent.write(body.slice(0, 50));
  await new Promise((resolve) => setTimeout(resolve, 200)); // the key is found good, and the body waited for
  expect((await revoke(api.client, keyId)).status).toBe(204);
  sent.end(body.slice(50));
  expect(await answer).toBe(401);
});
