/** Real: the API over a real socket, its pages, Postgres. Addresses that are none, or lead nowhere, are told so: never a 500, never text that nobody sent. */
import { operationIds, operationOf } from '#contracts';
import { type RunningEris, startEris } from '../support/running-eris.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';
import { exchange, requestText } from '../support/wire.js';

let api: RunningEris;
let scene: Scene;
beforeAll(async () => {
  api = await startEris({ workers: 0 });
  scene = await setScene(api.client, api.adminKey, { name: 'addresses', sites: 1 });
}, 60_000);
afterAll(() => api.close());

/** As it is written: clients of the language would tidy it up. */
async function ask(path: string, { method = 'GET', headers = [] as readonly string[] } = {}) {
  const lines = [`Authorization: Bearer ${scene.operatorKey}`, 'Connection: close', ...headers];
  const [head, ...body] = (await exchange(api.client.url, requestText(`${method} ${path}`, lines))).split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: head.includes('json') ? JSON.parse(text) : text };
}

describe('the pages', () => {
  it.each(['/docs', '/docs/', '/docs/swagger-ui.css'])('are there: %s', async (path) => {
    expect((await ask(path)).status).toBe(200);
  });

  it.each([
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/../../package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/%252e%252e/package.json',
    '/docs/%00',
    '/docs/swagger-ui.css%00.html',
    '/docs/%0d%0aset-cookie:a=b',
    '/docs//',
    '/docs///etc/passwd',
    '/docs/%2f%2fetc%2fpasswd',
    '/docs/swagger-ui.css/',
    '/docs/swagger-ui.css/x',
    '/docs/SWAGGER-UI.css',
    '/docs/.git/config',
    '/docs/C:%5cwindows',
    '/docs/%7e',
    `/docs/${'a'.repeat(5_000)}`,
    `/docs/${'a/'.repeat(2_000)}`,
    '/docs/nothing',
  ])('have nothing at %s', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: { type: 'urn:eris:problem:route_unknown', instance: path } });
  });

  it('take no other method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect(await ask('/docs/swagger-ui.css', { method })).toMatchObject({
        status: 405,
        head: expect.stringMatching(/^allow: GET\r?$/im),
      });
  });

  it('refuse conditions and ranges that nothing meets as what they are', async () => {
    const path = '/docs/swagger-ui.css';
    expect(await ask(path, { headers: ['If-Match: "another"'] })).toMatchObject({
      status: 412,
      body: { type: 'urn:eris:problem:precondition_failed', instance: path },
    });
    expect(await ask(path, { headers: ['Range: bytes=99999999-'] })).toMatchObject({
      status: 416,
      body: { type: 'urn:eris:problem:range_not_satisfiable', instance: path },
    });
  });
});

const UNREADABLE = ['%zz', '%', '%f', '%ff', '%c0%ae', '%ed%a0%80', '%e2%82', '%f5%80%80%80', 'a%ffb', '%u0041'];

describe('text that is no UTF-8', () => {
  const PARTS = operationIds
    .map(operationOf)
    .filter(({ method }) => method === 'GET')
    .flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([part, name]) => [path, part, name] as const));

  it.each(PARTS)('is named in the path %s: %s', async (path, part, name) => {
    for (const text of UNREADABLE) {
      const asked = path.replace(part, text).replaceAll(/\{\w+\}/g, '1');
      expect(await ask(asked)).toMatchObject({
        status: 400,
        body: { type: 'urn:eris:problem:malformed_request', instance: asked, errors: [{ path: `path.${name}` }] },
      });
    }
  });

  it.each(operationIds.filter((id) => operationOf(id).method === 'GET' && operationOf(id).policy !== 'anyone'))(
    'is named in a query of %s, whatever the parameter is called',
    async (id) => {
      const path = operationOf(id).path.replaceAll(/\{\w+\}/g, '1');
      for (const text of UNREADABLE) {
        for (const name of ['label', 'cursor', 'limit', 'status', 'from', 'after', 'x', 'a+b'])
          expect(await ask(`${path}?y=1&${name}=${text}`)).toMatchObject({
            status: 400,
            body: {
              type: 'urn:eris:problem:invalid_query',
              instance: path,
              errors: [{ path: `query.${name}`, message: expect.any(String) }],
            },
          });
        expect(await ask(`${path}?${text}=1`)).toMatchObject({ status: 400, body: { errors: [{ path: `query.${text}` }] } });
      }
    },
  );

  it('is not searched for, nor found', async () => {
    const [{ key }] = scene.bidders;
    const path = `/v1/markets/${scene.marketId}/bids`;
    const place = (label: string) =>
      api.client.post(path, { key, body: jobBody(scene.siteIds, { label }), headers: { 'idempotency-key': label } });
    expect((await place('100%ff')).status).toBe(202);
    expect((await ask(`${path}?label=100%ff`)).status).toBe(400);
    expect((await ask(`${path}?label=100%25ff`)).body.items).toHaveLength(1);
    expect((await ask(`${path}?label=%ef%bf%bd`)).body).toMatchObject({ items: [] }); // U+FFFD itself is text like any other
  });
});

it('tells where bytes were sent that no address has', async () => {
  for (const [path, instance] of [
    ['/v1/markets/\xff', '/v1/markets/%FF'],
    ['/v1/markets?label=\xc3\xa9', '/v1/markets'],
  ])
    expect(await ask(path)).toMatchObject({ status: 400, body: { type: 'urn:eris:problem:malformed_request', instance } });
});

it('says of a part that is too long no more than that', async () => {
  const path = `/v1/markets/${'1'.repeat(5_000)}`;
  const { status, body } = await ask(path);
  expect([status, body.type, body.instance]).toEqual([414, 'urn:eris:problem:uri_too_long', path]);
  expect(body.detail.length).toBeLessThan(200);
});
