import { startSibling, startTestApi, type TestApi } from '../support/api.js';
import { makeKey, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

const WITHIN_MS = 5_000;

let api: TestApi;
let sibling: Awaited<ReturnType<typeof startSibling>>;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  sibling = await startSibling(api.databaseUrl);
  scene = await setScene(api.client, api.adminKey, { name: 'sessions', sites: 1 });
}, 60_000);
afterAll(async () => {
  await sibling.close();
  await api.close();
});

const host = (): string => new URL(api.client.url).host;
/** What a page of this server sends with whatever it asks. */
const ofPage = (): Record<string, string> => ({ origin: api.client.url, 'x-requested-with': 'eris', 'sec-fetch-site': 'same-origin' });

interface Browser {
  readonly cookie: string;
  readonly setCookie: string;
}

async function signIn(key: string, headers: Record<string, string> = {}): Promise<Browser> {
  const answer = await api.client.post('/v1/sessions', { key, headers });
  expect(answer.status).toBe(201);
  const [setCookie] = answer.headers['set-cookie'] as string[];
  return { cookie: setCookie.split(';', 1)[0], setCookie };
}

const asked = async (cookie: string, headers: Record<string, string> = {}): Promise<number> =>
  (await api.client.get('/v1/markets', { headers: { cookie, ...headers } })).status;

it('begin with a key, which the browser keeps no more, in a cookie that no script reads', async () => {
  const { cookie, setCookie } = await signIn(scene.operatorKey);
  const { port } = new URL(api.client.url);
  expect(setCookie).toMatch(new RegExp(`^eris_session_${port}=[\\w-]{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict$`));
  const { body } = await api.client.get('/v1/session', { headers: { cookie, ...ofPage() } });
  expect(body).toMatchObject({ organisation: { id: scene.operatorId, name: 'sessions' }, key: { role: 'operator', scopes: [] } });
  expect(Date.parse(body.session.expiresAt) - Date.parse(body.session.createdAt)).toBe(43_200_000);
  expect((await api.client.get('/v1/session', { key: scene.operatorKey })).body.session).toBeNull();
  const { rows } = await api.pool.query<{ text: string }>(`SELECT s::text AS text FROM browser_session s`);
  expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
});

it('go over TLS only, to this host only, but on a loopback address', async () => {
  const { setCookie, cookie } = await signIn(scene.operatorKey, { host: 'eris.example.com' });
  expect(setCookie).toMatch(/^__Host-eris_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/);
  expect(await asked(cookie, { host: 'eris.example.com' })).toBe(200);
  expect(await asked(cookie.replace('__Host-', ''), { host: 'eris.example.com' })).toBe(401);
});

it('are neither keys nor made by them', async () => {
  const { cookie } = await signIn(scene.operatorKey);
  const text = cookie.split('=')[1];
  expect((await api.client.get('/v1/markets', { key: text })).status).toBe(401);
  expect(await asked(`${cookie.split('=')[0]}=${scene.operatorKey}`)).toBe(401);
  const again = await api.client.post('/v1/sessions', { headers: { cookie, ...ofPage() } });
  expect([again.status, again.body.type]).toEqual([401, 'urn:eris:problem:unauthenticated']);
  for (const key of ['eris_o_wrong', '', 'x'.repeat(5_000)])
    expect((await api.client.post('/v1/sessions', { headers: { authorization: `Bearer ${key}` } })).status).toBe(401);
});

describe('changes', () => {
  const change = (cookie: string, headers: Record<string, string>) =>
    api.client.post('/v1/organisations', {
      body: { name: `by a page ${Math.round(performance.now() * 1000)}` },
      headers: { cookie, ...headers },
    });

  it('are taken from a page of this server', async () => {
    const { cookie } = await signIn(scene.operatorKey);
    expect((await change(cookie, ofPage())).status).toBe(201);
    const { 'sec-fetch-site': _site, ...older } = ofPage();
    expect((await change(cookie, older)).status).toBe(201);
  });

  it.each([
    ['another origin', () => ({ ...ofPage(), origin: 'https://evil.example' })],
    ['the same host on another port', () => ({ ...ofPage(), origin: 'http://127.0.0.1:1' })],
    ['an origin that begins like ours', () => ({ ...ofPage(), origin: `${api.client.url}.evil.example` })],
    ['an origin that nobody is told', () => ({ ...ofPage(), origin: 'null' })],
    ['another scheme', () => ({ ...ofPage(), origin: `ftp://${host()}` })],
    ['another site', () => ({ ...ofPage(), 'sec-fetch-site': 'cross-site' })],
    ['a neighbouring site', () => ({ ...ofPage(), 'sec-fetch-site': 'same-site' })],
    ['nowhere', () => ({ 'x-requested-with': 'eris' })],
    ['a form', () => ({ origin: api.client.url, 'sec-fetch-site': 'same-origin' })],
  ])('are refused from %s', async (_name, headers) => {
    const { cookie } = await signIn(scene.operatorKey);
    expect(await change(cookie, headers())).toMatchObject({ status: 403, body: { type: 'urn:eris:problem:origin_not_allowed' } });
  });

  it('and reads too, where a browser says that another site asks', async () => {
    const { cookie } = await signIn(scene.operatorKey);
    expect(await asked(cookie)).toBe(200);
    expect(await asked(cookie, { 'sec-fetch-site': 'none' })).toBe(200);
    expect(await asked(cookie, { 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await asked(cookie, { origin: 'https://evil.example' })).toBe(403);
  });
});

describe('end', () => {
  const stream = async (cookie: string): Promise<Promise<string>[]> => {
    const answer = await fetch(`${api.client.url}/v1/markets/${scene.marketId}/events`, { headers: { cookie } });
    expect(answer.status).toBe(200);
    return [answer.text()];
  };

  it('here by signing out, with their event streams, and leave the others', async () => {
    const [here, there] = [await signIn(scene.operatorKey), await signIn(scene.operatorKey)];
    const [said] = await stream(here.cookie);
    const answer = await api.client.delete('/v1/session', { headers: { cookie: here.cookie, ...ofPage() } });
    expect([answer.status, (answer.headers['set-cookie'] as string[])[0]]).toEqual([204, expect.stringMatching(/=; Path=\/; Max-Age=0;/)]);
    expect(await said).toMatch(/event: end\ndata: \{"reason":"session_over"\}\n\n$/);
    expect([await asked(here.cookie), await asked(there.cookie)]).toEqual([401, 200]);
  });

  it('everywhere, in other processes too', async () => {
    const [here, there] = [await signIn(scene.operatorKey), await signIn(scene.operatorKey)];
    const other = await signIn(scene.auditorKey);
    const [said] = await stream(here.cookie);
    const answer = await sibling.client.delete('/v1/sessions', {
      headers: { cookie: there.cookie, host: host(), ...ofPage() },
    });
    const beganMs = performance.now();
    expect(answer.status).toBe(204);
    expect(await said).toContain('session_over');
    for (const { cookie } of [here, there]) await until(async () => (await asked(cookie)) === 401, { everyMs: 100, maxMs: 2 * WITHIN_MS });
    expect(performance.now() - beganMs).toBeLessThan(WITHIN_MS);
    expect(await asked(other.cookie)).toBe(200);
    expect((await api.client.get('/v1/markets', { key: scene.operatorKey })).status).toBe(200);
  }, 20_000);

  it('with their key, and what they have under way too', async () => {
    const { id, key } = await makeKey(api.client, scene.operatorKey, scene.operatorId, 'auditor');
    const { cookie } = await signIn(key);
    const [said] = await stream(cookie);
    await api.client.delete(`/v1/keys/${id}`, { key: scene.operatorKey });
    expect(await said).toMatch(/event: end\ndata: \{"reason":"key_revoked"\}\n\n$/);
    expect(await asked(cookie)).toBe(401);
  });

  it('by themselves when their time is over', async () => {
    const { cookie } = await signIn(scene.auditorKey);
    await api.pool.query(`UPDATE browser_session SET expires_at = now()`);
    expect(await asked(cookie)).toBe(401);
  });

  it('the oldest first, where a key has more than fifty', async () => {
    const { key } = await makeKey(api.client, scene.operatorKey, scene.operatorId, 'auditor');
    const cookies: string[] = [];
    for (let count = 0; count < 52; count++) cookies.push((await signIn(key)).cookie);
    expect([await asked(cookies[1]), await asked(cookies[2]), await asked(cookies[51])]).toEqual([401, 200, 200]);
  });
});
