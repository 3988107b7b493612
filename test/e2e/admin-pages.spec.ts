import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSibling, startTestApi, type TestApi } from '../support/api.js';

const SCRIPT = `export const dashboard = ${JSON.stringify('d'.repeat(5_000))};`;

let api: TestApi;
let bare: Awaited<ReturnType<typeof startSibling>>;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eris-admin-'));
  mkdirSync(join(folder, 'build', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not for you');
  writeFileSync(
    join(folder, 'build', 'index.html'),
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><div id="root"></div>',
  );
  writeFileSync(join(folder, 'build', 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'build', 'assets', 'index-B1x2.js'), SCRIPT);
  api = await startTestApi({ worker: false, settings: { adminFolder: join(folder, 'build') } });
  bare = await startSibling(api.databaseUrl, { adminFolder: join(folder, 'nothing') });
}, 60_000);
afterAll(async () => {
  await bare.close();
  await api.close();
  rmSync(folder, { recursive: true });
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${api.client.url}${path}`, init);

it.each(['/admin', '/admin/', '/admin/markets/7/bids?state=refused', '/admin/index.html'])('begin with the index at %s', async (path) => {
  const [first, second] = [await ask(path), await ask(path)];
  expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-store',
  ]);
  const nonces = await Promise.all([first, second].map(async (answer) => /nonce="([^"]+)"/.exec(await answer.text())?.[1]));
  expect(nonces[0]).toMatch(/^[\w+/]{22}==$/);
  expect(nonces[0]).not.toBe(nonces[1]);
  const policy = first.headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`style-src 'self' 'nonce-${nonces[0]}'`);
  expect(policy).toMatch(/default-src 'none'; script-src 'self';.*connect-src 'self'.*frame-ancestors 'none'/);
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

it('send files, those with a hash in their name for good', async () => {
  const script = await ask('/admin/assets/index-B1x2.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(Object.fromEntries(script.headers)).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  });
  expect(await script.text()).toBe(SCRIPT);
  const plain = await ask('/admin/assets/index-B1x2.js', { headers: { 'accept-encoding': 'gzip;q=0, identity' } });
  expect([plain.headers.get('content-encoding'), (await plain.text()).length]).toEqual([null, SCRIPT.length]);
  const icon = await ask('/admin/favicon.svg');
  expect([icon.headers.get('cache-control'), icon.headers.get('content-type')]).toEqual(['no-cache', 'image/svg+xml']);
  const again = await ask('/admin/favicon.svg', { headers: { 'if-none-match': String(icon.headers.get('etag')) } });
  expect(again.status).toBe(304);
});

/** As it is written: fetch would clean the address. */
const raw = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: new URL(api.client.url).port, path, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });

it('lead to no file beside the build', async () => {
  for (const path of ['/admin/../secret.txt', '/admin/%2e%2e/secret.txt', '/admin/..%2fsecret.txt', '/admin/assets/..%5c..%5csecret.txt'])
    expect([path, await raw(path)]).toEqual([path, 404]);
  expect((await ask('/admin/assets/gone-123.js')).status).toBe(404);
  const posted = await ask('/admin/markets', { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
});

it('follow a build that is made anew', async () => {
  writeFileSync(join(folder, 'build', 'index.html'), '<!doctype html><title>newer</title>');
  utimesSync(join(folder, 'build', 'index.html'), new Date(), new Date(Date.now() + 5_000));
  expect(await (await ask('/admin')).text()).toContain('newer');
});

it('say how they are built where they are not', async () => {
  const answer = await fetch(`${bare.client.url}/admin/markets`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
  expect(await answer.text()).toContain('npm run setup');
});
