import type { Json } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { makeKey, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

let api: TestApi;
let scene: Scene;
let other: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  scene = await setScene(api.client, api.adminKey, { name: 'keys' });
  other = await setScene(api.client, api.adminKey, { name: 'other keys' });
}, 60_000);
afterAll(() => api.close());

const list = async (key: string, query = ''): Promise<Json[]> => (await api.client.get(`/v1/keys${query}`, { key })).body.items;
const holder = (): string => scene.bidders[0].id;

describe('the list of keys', () => {
  it('has those of the organisation and of those that it made, and nobody else', async () => {
    const keys = await list(scene.operatorKey);
    expect(keys.map(({ organisationId, role }) => [organisationId, role])).toEqual([
      [scene.operatorId, 'operator'],
      [scene.operatorId, 'auditor'],
      [scene.bidders[0].id, 'bidder'],
      [scene.bidders[1].id, 'bidder'],
    ]);
    expect(await list(scene.auditorKey)).toHaveLength(4);
    expect((await list(scene.bidders[1].key)).map(({ id }) => id)).toEqual([scene.bidders[1].keyId]);
    expect((await list(api.adminKey)).map(({ origin }) => origin)).toContain('start');
  });

  it('tells a leaked key by how its text begins, and holds no key itself', async () => {
    const { id, key } = await makeKey(api.client, scene.operatorKey, holder(), 'bidder');
    const keys = await list(scene.operatorKey);
    const found = keys.filter(({ prefix }) => key.startsWith(prefix));
    expect(found).toMatchObject([{ id, label: 'a bidder', role: 'bidder', origin: 'request', revokedAt: null, lastUsedAt: null }]);
    expect(JSON.stringify(keys)).not.toContain(key.slice(0, 20));
  });

  it('comes in pages', async () => {
    const whole = await list(scene.operatorKey);
    const walked: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Json = await api.client.get(`/v1/keys?limit=2${cursor && `&cursor=${cursor}`}`, { key: scene.operatorKey });
      expect(body.items.length).toBeLessThanOrEqual(2);
      walked.push(...body.items.map(({ id }: Json) => id));
      cursor = body.nextCursor;
    }
    expect(walked).toEqual(whole.map(({ id }) => id));
  });

  it('says when a key was last used', async () => {
    const { id, key } = await makeKey(api.client, scene.operatorKey, holder(), 'bidder');
    await api.client.get('/v1/markets', { key });
    const usedAt = async (): Promise<unknown> => (await list(scene.operatorKey)).find((each) => each.id === id)?.lastUsedAt;
    await until(async () => (await usedAt()) !== null, { everyMs: 20, maxMs: 5_000 });
    expect(Math.abs(Date.parse(String(await usedAt())) - Date.now())).toBeLessThan(60_000);
  });
});

describe('a key that has leaked', () => {
  const revoke = (key: string, text: string) => api.client.post('/v1/keys/revocations', { key, body: { key: text } });

  it('is revoked by its text alone', async () => {
    const { id, key } = await makeKey(api.client, scene.operatorKey, holder(), 'bidder');
    expect(await revoke(scene.operatorKey, `${key}\n`)).toMatchObject({
      status: 200,
      body: { id, organisationId: holder(), role: 'bidder' },
    });
    expect((await api.client.get('/v1/markets', { key })).status).toBe(401);
    expect((await list(scene.operatorKey)).find((each) => each.id === id)).toMatchObject({ revokedAt: expect.any(String) });
  });

  it('is revoked by its holder, with that very key', async () => {
    const { key } = await makeKey(api.client, scene.operatorKey, holder(), 'bidder');
    expect((await revoke(key, key)).status).toBe(200);
    expect((await api.client.get('/v1/markets', { key })).status).toBe(401);
  });

  it.each<[string, () => string]>([
    ['another tenant', () => other.bidders[0].key],
    ['the operator, to a bidder', () => scene.operatorKey],
    ['nobody', () => 'eris_b_nobody'],
  ])('is 404 where it belongs to %s', async (_name, text) => {
    const answer = await revoke(scene.bidders[0].key, text());
    expect(answer).toMatchObject({ status: 404, body: { type: 'urn:eris:problem:not_found' } });
    expect(JSON.stringify(answer.body)).not.toContain(text());
  });

  it.each([[''], [5], ['x'.repeat(201)], [undefined]])('is not taken from %p', async (key) => {
    const answer = await api.client.post('/v1/keys/revocations', { key: scene.operatorKey, body: { key } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: '$.key' }] } });
  });
});
