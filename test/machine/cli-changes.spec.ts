/** Real: processes of the command line as they are built, the API over sockets, the worker, Postgres. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApi, type TestApi } from '../support/api.js';
import { type CliEnd, runCli } from '../support/eris-cli.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
let folder: string;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'cli', sites: 2 });
  folder = mkdtempSync(join(tmpdir(), 'eris-cli-'));
  write('job.json', jobBody(scene.siteIds, { label: 'one' }));
  write('poor.json', jobBody(scene.siteIds, { valuation: { kind: 'deadline', value: 0, deadline: 20 } }));
}, 60_000);
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
const eris = (args: string): Promise<CliEnd> =>
  runCli(args.split(' '), {
    cwd: folder,
    env: { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), ERIS_URL: api.client.url, ERIS_KEY: scene.bidders[0].key },
  });
const json = async (args: string): Promise<ReturnType<typeof JSON.parse>> => {
  const { code, out, err } = await eris(`${args} --json`);
  if (code !== 0) throw new Error(`eris ${args} ended with ${code}: ${err}`);
  return JSON.parse(out);
};

describe('an allocation', () => {
  it('is changed for another bid by a quote, or left as it is, and gone on with', async () => {
    const first = await json('bid job.json --wait');
    write('smaller.json', jobBody(scene.siteIds, { label: 'smaller', epochs: 4 }));
    const offer = await eris(`allocation change ${first.id} smaller.json`);
    expect([offer.code, offer.err]).toEqual([0, expect.stringContaining(`eris allocation change ${first.id} smaller.json --quote c`)]);
    const refused = await eris(`allocation change ${first.id} poor.json --yes --json`);
    expect([refused.code, JSON.parse(refused.out)]).toMatchObject([
      3,
      { status: 'refused', decision: { reason: { code: 'price_above_value' } } },
    ]);
    const second = await json(`allocation change ${first.id} smaller.json --yes`);
    expect(second).toMatchObject({ status: 'accepted', label: 'smaller' });
    expect((await eris(`allocation ${second.id}`)).out).toContain(`in place of  ${first.id}`);
    expect(await eris(`allocation change ${first.id} smaller.json --yes`)).toMatchObject({
      code: 6,
      err: expect.stringContaining('over') as string,
    });
    const third = await json(`bid smaller.json --continues ${second.id} --wait`);
    expect(await json(`allocation ${second.id}`)).toMatchObject({ continuedBy: [third.id] });
    expect((await eris(`bid smaller.json --continues 999999`)).code).toBe(2);
    write(
      'two.json',
      [1, 2].map(() => jobBody(scene.siteIds)),
    );
    expect(await eris(`allocation change ${second.id} two.json --yes`)).toMatchObject({
      code: 2,
      err: 'eris: two.json: one bid takes the place of an allocation; there are 2\n',
    });
  });
});
