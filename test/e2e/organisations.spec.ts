import { startTestApi, type TestApi } from '../support/api.js';
import { makeKey, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'organisations' });
}, 60_000);
afterAll(() => api.close());

describe('organisations', () => {
  it('belong to the operator that made them', async () => {
    const made = await api.client.post('/v1/organisations', { key: scene.operatorKey, body: { name: 'acme' } });
    expect(made).toMatchObject({ status: 201, body: { name: 'acme', parentId: scene.operatorId } });
    const { body } = await api.client.get('/v1/organisations', { key: scene.auditorKey });
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['organisations', 'one', 'two', 'acme']);
  });

  it('have names of their own', async () => {
    const body = { name: 'twice' };
    await api.client.post('/v1/organisations', { key: scene.operatorKey, body });
    expect(await api.client.post('/v1/organisations', { key: scene.operatorKey, body })).toMatchObject({
      status: 409,
      body: { type: 'urn:eris:problem:name_taken' },
    });
  });

  it('are not made by bidders or auditors', async () => {
    for (const key of [scene.bidders[0].key, scene.auditorKey]) {
      expect(await api.client.post('/v1/organisations', { key, body: { name: 'mine' } })).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('operator') },
      });
    }
  });
});

describe('keys', () => {
  it('are shown once, and say what they are', async () => {
    const { body } = await api.client.post(`/v1/organisations/${scene.bidders[0].id}/keys`, {
      key: scene.operatorKey,
      body: { role: 'bidder' },
    });
    expect(body.key.startsWith(body.prefix)).toBe(true);
    expect(body.role).toBe('bidder');
    const { rows } = await api.pool.query<{ row: string }>('SELECT t::text AS row FROM api_key t');
    for (const { row } of rows) expect(row).not.toContain(body.key);
  });

  it('are revoked for good, and again without complaint', async () => {
    const { id, key } = await makeKey(api.client, scene.operatorKey, scene.bidders[0].id, 'bidder');
    for (let time = 1; time <= 2; time++)
      expect(await api.client.delete(`/v1/keys/${id}`, { key: scene.operatorKey })).toMatchObject({ status: 204, body: '' });
    expect((await api.client.get('/v1/markets', { key })).status).toBe(401);
  });

  it.each(['', 'Bearer', 'Basic abc', 'Bearer x y', `Bearer ${'x'.repeat(500)}`])('are not taken from %p', async (authorization) => {
    expect((await api.client.get('/v1/markets', { headers: { authorization } })).status).toBe(401);
  });

  it('have a role that there is', async () => {
    const answer = await api.client.post(`/v1/organisations/${scene.bidders[0].id}/keys`, {
      key: scene.operatorKey,
      body: { role: 'king' },
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.role', message: 'must be operator, bidder, auditor or agent' }] },
    });
  });
});
