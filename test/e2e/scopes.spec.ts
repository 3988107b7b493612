import { operationIds, operationOf, SCOPES, scopesOf } from '#contracts';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Json } from '../support/api-client.js';
import { jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  scene = await setScene(api.client, api.adminKey, { name: 'scopes', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const make = (body: object, by = scene.operatorKey, organisationId = scene.operatorId) =>
  api.client.post(`/v1/organisations/${organisationId}/keys`, { key: by, body });
const keyWith = async (role: string, ...scopes: string[]): Promise<string> =>
  (await make({ role, scopes }, scene.operatorKey, role === 'bidder' ? scene.bidders[0].id : scene.operatorId)).body.key;
const NOT_ALLOWED = { status: 403, body: { type: 'urn:eris:problem:scope_not_allowed' } };

it('are enough for every operation', () => {
  const asked = operationIds.flatMap((id) => scopesOf(operationOf(id)));
  expect(asked.filter((scope) => !(SCOPES as readonly string[]).includes(scope))).toEqual([]);
});

it('narrow a key down to a part of its role', async () => {
  const key = await keyWith('operator', 'markets:read', 'organisations:write');
  expect((await api.client.get('/v1/markets', { key })).status).toBe(200);
  expect((await api.client.post('/v1/organisations', { key, body: { name: 'made by scope' } })).status).toBe(201);
  expect(await api.client.post('/v1/markets', { key, body: marketBody({ name: 'not made' }) })).toMatchObject(NOT_ALLOWED);
  expect(await api.client.get('/v1/organisations', { key })).toMatchObject(NOT_ALLOWED);
  expect(await api.client.get('/v1/accounts', { key })).toMatchObject(NOT_ALLOWED);
  expect((await api.client.get('/v1/accounts', { key })).body.detail).toContain('accounts:read');
});

it('hold for bids, bulks and quotes, which are placed aside', async () => {
  const [reads, writes] = [await keyWith('bidder', 'bids:read'), await keyWith('bidder', 'bids:write')];
  const path = `/v1/markets/${scene.marketId}`;
  const bid = (key: string) =>
    api.client.post(`${path}/bids`, { key, body: jobBody(scene.siteIds), headers: { 'idempotency-key': `k${key.slice(-5)}` } });
  const bulk = (key: string) => api.client.post(`${path}/bids/bulk`, { key, body: { bids: [] } });
  const quote = (key: string) => api.client.post(`${path}/quotes`, { key, body: jobBody(scene.siteIds) });
  expect([(await bid(writes)).status, (await quote(reads)).status]).toEqual([202, 200]);
  for (const answer of [await bid(reads), await bulk(reads), await quote(writes)]) expect(answer).toMatchObject(NOT_ALLOWED);
});

it('hold for sessions that such a key opens, and are told', async () => {
  const key = await keyWith('operator', 'markets:read', 'keys:read');
  const [cookie] = (await api.client.post('/v1/sessions', { key })).headers['set-cookie'] as string[];
  const headers = { cookie: cookie.split(';', 1)[0] };
  expect((await api.client.get('/v1/markets', { headers })).status).toBe(200);
  expect(await api.client.get('/v1/accounts', { headers })).toMatchObject(NOT_ALLOWED);
  expect((await api.client.get('/v1/session', { headers })).body.key.scopes).toEqual(['markets:read', 'keys:read']);
  const { items } = (await api.client.get('/v1/keys', { key })).body;
  expect(items.find(({ prefix }: Json) => key.startsWith(prefix)).scopes).toEqual(['markets:read', 'keys:read']);
  expect(items[0].scopes).toEqual([]);
});

it('are no way to more than the key has that makes another', async () => {
  const key = await keyWith('operator', 'keys:write', 'markets:read');
  expect((await make({ role: 'auditor', scopes: ['markets:read'] }, key)).status).toBe(201);
  expect(await make({ role: 'auditor', scopes: ['accounts:read'] }, key)).toMatchObject(NOT_ALLOWED);
  expect(await make({ role: 'operator' }, key)).toMatchObject(NOT_ALLOWED);
});

it.each([
  ['an unknown one', { scopes: ['everything'] }],
  ['one twice', { scopes: ['bids:read', 'bids:read'] }],
  ['no list', { scopes: 'bids:read' }],
])('refuse %s', async (_name, body) => {
  expect(await make({ role: 'operator', ...body })).toMatchObject({ status: 422 });
});
