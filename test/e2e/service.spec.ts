import { Ajv2020 } from 'ajv/dist/2020.js';
import { operationIds, operationOf } from '#contracts';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'service' });
}, 60_000);
afterAll(() => api.close());

it.each(['/healthz', '/readyz'])('answers %s without a key', async (path) => {
  expect(await api.client.get(path)).toMatchObject({ status: 200, body: { status: 'ok' } });
});

it('counts requests by route, and tells nobody who asked', async () => {
  await api.client.get(`/v1/markets/${scene.marketId}`, { key: scene.operatorKey });
  const { body, headers } = await api.client.get('/metrics');
  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain('eris_http_request_seconds_count{method="GET",route="/v1/markets/:marketId",status="200"}');
  expect(body).not.toContain(scene.operatorKey);
  expect(body).not.toContain('eris_o_');
});

describe('the OpenAPI document', () => {
  it('has every operation', async () => {
    const { body } = await api.client.get('/openapi.json');
    for (const id of operationIds) {
      const { path, method } = operationOf(id);
      expect(body.paths[path][method.toLowerCase()].operationId).toBe(id);
    }
  });

  it('describes what the API really answers', async () => {
    const { body: document } = await api.client.get('/openapi.json');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'https://eris.test/', components: document.components });
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'described' });
    const allocation = (await api.client.get(`/v1/allocations/${bid.id}`, { key: scene.operatorKey })).body;
    const problem = (await api.client.get('/v1/bids/0', { key: scene.operatorKey })).body;
    const answers: Record<string, unknown> = { Bid: bid, Allocation: allocation, Problem: problem };
    for (const [name, answer] of Object.entries(answers)) {
      const validate = ajv.compile({ $ref: `https://eris.test/#/components/schemas/${name}` });
      expect([name, validate(answer), validate.errors]).toEqual([name, true, null]);
    }
  });
});

it('knows its routes from others', async () => {
  expect(await api.client.get('/v1/nothing', { key: scene.operatorKey })).toMatchObject({
    status: 404,
    body: { type: 'urn:eris:problem:route_unknown' },
  });
  expect(await api.client.delete('/v1/markets', { key: scene.operatorKey })).toMatchObject({
    status: 405,
    headers: { allow: 'POST, GET' },
  });
});
