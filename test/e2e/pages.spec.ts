import type { Json } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { addBidder, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false });
  scene = await setScene(api.client, api.adminKey, { name: 'pages', sites: 5, funds: '0' });
  for (const name of ['three', 'four', 'five']) await addBidder(api.client, { operatorKey: scene.operatorKey, name, funds: '0' });
  for (const name of ['b', 'c', 'd', 'e']) await api.client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name }) });
}, 60_000);
afterAll(() => api.close());

const LISTS: readonly (readonly [string, () => string, number])[] = [
  ['organisations', () => '/v1/organisations', 6],
  ['markets', () => '/v1/markets', 5],
  ['sites', () => `/v1/markets/${scene.marketId}/sites`, 5],
  ['accounts', () => '/v1/accounts', 6],
  ['keys', () => '/v1/keys', 7],
];

const page = async (path: string, query = ''): Promise<Json> => (await api.client.get(path + query, { key: scene.operatorKey })).body;

async function walk(path: string, onPage: (items: Json[]) => Promise<void> = () => Promise.resolve()): Promise<Json[]> {
  const met: Json[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { items, nextCursor } = await page(path, `?limit=2${cursor && `&cursor=${cursor}`}`);
    expect(items.length).toBeLessThanOrEqual(2);
    met.push(...items);
    cursor = nextCursor;
    await onPage(items);
  }
  return met;
}

describe.each(LISTS)('the list of %s', (_name, path, count) => {
  it('is whole where no page is asked for', async () => {
    const { items, nextCursor } = await page(path());
    expect([items.length, nextCursor]).toEqual([count, null]);
  });

  it('comes in pages, each thing once and in the same order', async () => {
    expect(await walk(path())).toEqual((await page(path())).items);
  });

  it.each(['limit=0', 'limit=-1', 'limit=2001', 'limit=x', 'cursor=x', 'page=2'])('refuses %s', async (query) => {
    const answer = await api.client.get(`${path()}?${query}`, { key: scene.operatorKey });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: `query.${query.split('=')[0]}` }] } });
  });
});

it('meets what was there when a walk began, whatever is added meanwhile', async () => {
  const own = await setScene(api.client, api.adminKey, { name: 'growing list', sites: 4, funds: '0' });
  const path = `/v1/markets/${own.marketId}/sites`;
  let added = 0;
  const met: Json[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: Json = await api.client.get(`${path}?limit=1${cursor && `&cursor=${cursor}`}`, { key: own.operatorKey });
    met.push(...body.items);
    cursor = body.nextCursor;
    if (added < 2) await api.client.post(path, { key: own.operatorKey, body: { name: `late-${(added += 1)}`, capacity: {} } });
  }
  expect(met.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5]);
});
