import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApi, type TestApi } from '../support/api.js';
import { type CliEnd, type CliOptions, runCli } from '../support/eris-cli.js';
import { decidedBid, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

const PRICES = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' };

// Real: the application over HTTP, Postgres, the worker, and each command as a process.
let api: TestApi;
let scene: Scene;
let folder: string;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'told', market: { prices: PRICES } });
  folder = mkdtempSync(join(tmpdir(), 'eris-told-'));
}, 60_000);
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], { env, ...options }: Partial<CliOptions> = {}): Promise<CliEnd> =>
  runCli(args, { ...options, cwd: folder, env: { HOME: folder, ERIS_URL: api.client.url, ERIS_KEY: scene.bidders[0].key, ...env } });
const eris = (args: string, options: Partial<CliOptions> = {}): Promise<CliEnd> => run(args.split(' '), options);
const json = async (args: string): Promise<ReturnType<typeof JSON.parse>> => {
  const { code, out, err } = await eris(`${args} --json`);
  if (code !== 0) throw new Error(`eris ${args} ended with ${code}: ${err}`);
  return JSON.parse(out);
};

it('tells how one price has moved, by the name of its site, and what it followed from', async () => {
  const history = 'prices --history --slot 1 --resource gpu';
  const { items, nextCursor } = await json(`${history} --site site-1`);
  expect([items[0], nextCursor]).toMatchObject([{ because: 'site_added', sold: '0', capacity: '1' }, null]);
  expect(await json(`${history} --site ${scene.siteIds[0]}`)).toMatchObject({ items });
  const shown = await eris(`${history} --site site-1`);
  expect([shown.code, shown.out]).toEqual([0, expect.stringContaining('1 * (1000 ^ (0 / 1) - 1) + 0.5') as string]);
  expect((await eris('prices --history --slot 900 --resource bandwidth')).out).toContain('slot 900 has not been on sale');
  for (const [args, told] of [
    ['prices --history', '--slot: say of which slot'],
    [`${history} --site nowhere`, 'there is no site nowhere'],
    [`${history} --site site-1 --since yesterday`, '--since: yesterday is no moment'],
    [history, 'query.siteId'],
    ['prices --history --slot x --resource gpu', '--slot: x is no slot'],
  ])
    expect([args, await eris(args ?? '')]).toMatchObject([args, { code: 2, out: '', err: expect.stringContaining(told ?? '') as string }]);
}, 60_000);

describe('a shell', () => {
  const completed = async (words: readonly string[], options: Partial<CliOptions> = {}): Promise<string[]> => {
    const { code, out } = await run(['__complete', '--', ...words], options);
    expect(code).toBe(0);
    return out.split('\n').filter((each) => each !== '');
  };

  it('is told commands, options, and ids of the market that is meant', async () => {
    const accepted = await decidedBid(api.client, scene, { idempotencyKey: 'to-complete' });
    expect(await completed(['rec'])).toEqual(['receipt']);
    expect(await completed(['prices', '--hi'])).toEqual(['--history']);
    expect(await completed(['receipt', ''])).toContain(accepted.id);
    expect(await completed(['allocation', 'prices', ''])).toContain(accepted.id);
    expect(await completed(['prices', '--site', ''])).toEqual([...scene.siteIds]);
    expect(await completed(['prices', '--market', scene.marketId, '--site', ''])).toEqual([...scene.siteIds]);
    expect(await completed(['prices', '--market', 'nowhere', '--site', ''])).toEqual([]);
    expect(await completed(['prices', '--market', ''])).toEqual([scene.marketId]);
    expect(await completed(['statement', '--account', ''])).toEqual([scene.bidders[0].accountId]);
    expect(await completed(['receipt', ''], { env: { ERIS_URL: 'http://127.0.0.1:1' } })).toEqual([]);
  }, 60_000);
});

it('tells the receipt of a bid, and whether all is as it was', async () => {
  const { id } = await decidedBid(api.client, scene, { idempotencyKey: 'sealed' });
  await until(async () => (await json(`receipt ${id}`)).receipt !== null, { everyMs: 200, maxMs: 30_000 });
  expect(await eris(`receipt ${id}`)).toMatchObject({
    code: 0,
    out: expect.stringContaining('all that was written with it is as it was') as string,
  });
  const change = (by: string) =>
    api.pool.query(
      `BEGIN; SET LOCAL session_replication_role = replica; UPDATE decision SET payment_micros = payment_micros ${by} WHERE bid_id = ${id}; COMMIT`,
    );
  await change('+ 1');
  expect(await eris(`receipt ${id}`)).toMatchObject({ code: 1, out: expect.stringContaining('decision (bid_id') as string });
  await change('- 1');
  expect((await eris('receipt 999999')).code).toBe(5);
}, 60_000);
