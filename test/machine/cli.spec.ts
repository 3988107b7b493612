/** Real: processes of the command line as they are built, terminals, the API over sockets, Postgres. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bidFormsOf, type OperationId, operationOf } from '#contracts';
import { standardKinds } from '#kinds';
import { ERIS } from '../support/eris-command.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { type CliEnd, type CliOptions, runCli } from '../support/eris-cli.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';
import { canRun } from '../support/tools.js';

const PRICES = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' };
const hasTerminals = canRun(['script', '--version']) ? it : it.skip;

let api: TestApi;
let scene: Scene;
let folder: string;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'cli', market: { prices: PRICES } });
  folder = mkdtempSync(join(tmpdir(), 'eris-cli-'));
  write('job.json', jobBody(scene.siteIds, { label: 'one' }));
}, 60_000);
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => join(folder, name);
const write = (name: string, value: unknown): void => writeFileSync(file(name), typeof value === 'string' ? value : JSON.stringify(value));
const home = (): Record<string, string> => ({ HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') });
const eris = (args: string, options: Partial<CliOptions> = {}): Promise<CliEnd> =>
  runCli(args.split(' '), {
    ...options,
    cwd: folder,
    env: { ...home(), ERIS_URL: api.client.url, ERIS_KEY: scene.bidders[0].key, ...options.env },
  });
const json = async (args: string, options: Partial<CliOptions> = {}): Promise<ReturnType<typeof JSON.parse>> => {
  const { code, out, err } = await eris(`${args} --json`, options);
  if (code !== 0) throw new Error(`eris ${args} ended with ${code}: ${err}`);
  return JSON.parse(out);
};
const operator = (): Partial<CliOptions> => ({ env: { ERIS_KEY: scene.operatorKey } });

describe('login', () => {
  it('keeps address and key where only their owner may read them, and logout forgets them', async () => {
    const plain = { env: { ERIS_KEY: undefined, ERIS_URL: undefined } };
    write('key', `${scene.bidders[0].key}\n`);
    const entered = await eris(`login --url ${api.client.url} --key-file key`, plain);
    expect(entered).toMatchObject({ code: 0, err: '' });
    expect(entered.out).toContain('as bidder of one');
    const kept = file('config/eris/credentials.json');
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(await json('whoami', plain)).toMatchObject({ role: 'bidder', organisation: 'one' });
    expect((await eris('whoami --url http://127.0.0.1:1 --json', plain)).err).not.toContain(scene.bidders[0].key);
    expect((await eris('logout', plain)).code).toBe(0);
    expect(() => readFileSync(kept)).toThrow('ENOENT');
    expect(await eris(`wallet --url ${api.client.url}`, plain)).toMatchObject({
      code: 4,
      err: expect.stringContaining('unauthenticated') as string,
    });
  });

  it('keeps no key that is not good', async () => {
    const { code, err } = await eris('login --key-file - --json', { input: 'eris_b_nonsense', env: { ERIS_KEY: undefined } });
    expect([code, (JSON.parse(err) as { type: string }).type]).toEqual([4, 'urn:eris:problem:unauthenticated']);
    expect(() => readFileSync(file('config/eris/credentials.json'))).toThrow('ENOENT');
  });
});

describe('a bid', () => {
  it('is quoted, placed at the quote, and refused with the new quote once prices have moved', async () => {
    const quote = await json('quote job.json');
    expect(await json(`bid job.json --quote ${quote.id}`)).toMatchObject({ status: 'accepted', decision: { payment: quote.best.price } });
    const { code, err, out } = await eris(`bid job.json --quote ${quote.id} --json`);
    expect([code, out]).toEqual([6, '']);
    expect(JSON.parse(err)).toMatchObject({
      type: 'urn:eris:problem:quote_outdated',
      quote: { best: { price: expect.any(String) as string } },
    });
  });

  it('that is refused ends with 3, and why says what passes', async () => {
    write('poor.json', jobBody(scene.siteIds, { valuation: { kind: 'deadline', value: 0.25, deadline: 20 } }));
    const { code, out } = await eris('bid poor.json --wait --json');
    expect(code).toBe(3);
    const { id } = JSON.parse(out) as { id: string };
    const told = await eris(`why ${id}`);
    expect(told.out).toMatch(/What passes at price version \d+\n {2}a worth of \d/);
    const why = await json(`why ${id}`);
    expect((await eris('bid - --wait', { input: JSON.stringify(why.changes[0].body) })).code).toBe(0);
  });

  it('may be many of a file, the same again with the same key, and none where a row is bad', async () => {
    const rows = [1, 2, 3].map((number) => JSON.stringify(jobBody(scene.siteIds, { label: `row-${number}`, epochs: 1 })));
    write('jobs.jsonl', `${rows.join('\n')}\n`);
    const first = await json('bid jobs.jsonl --idempotency-key batch');
    expect(await json('bid jobs.jsonl --idempotency-key batch')).toEqual(first);
    expect(first.results).toHaveLength(3);
    write('bad.jsonl', `${rows[0]}\nnonsense\n${rows[1]}\n[]\n`);
    const bad = await eris('bid bad.jsonl');
    expect(bad).toMatchObject({
      code: 2,
      out: '',
      err: 'eris: bad.jsonl: line 2: is no JSON object\neris: bad.jsonl: line 4: is no JSON object\n',
    });
    write('half.json', [jobBody(scene.siteIds, { epochs: 1 }), jobBody(scene.siteIds, { epochs: 0 })]);
    const half = await eris('bid half.json');
    expect(half.code).toBe(2);
    expect(half.err).toMatch(/item 2: .*epochs/);
  });
});

describe('answers', () => {
  it('are by the schemas of the API', async () => {
    const forms = bidFormsOf(standardKinds().wires);
    const [{ id }] = (await json('bids --status accepted --limit 1')).items;
    const told: readonly [operation: OperationId, answer: unknown][] = [
      ['listMarkets', await json('markets')],
      ['getMarket', await json('markets show')],
      ['listSites', await json('sites')],
      ['readPrices', await json('prices')],
      ['listBids', await json('bids')],
      ['getBid', await json(`bids ${id}`)],
      ['getAllocation', await json(`allocation ${id}`)],
      ['explainBid', await json(`why ${id}`)],
      ['listAccounts', await json('wallet')],
      ['listEntries', await json('statement')],
      ['listKeys', await json('keys')],
      ['listOrganisations', await json('organisations', operator())],
    ];
    for (const [operation, answer] of told)
      expect([operation, forms.complete(operationOf(operation)).responses[200]?.schema?.safeParse(answer).error]).toEqual([
        operation,
        undefined,
      ]);
  }, 120_000);

  it('are tables for people, blocks where the terminal is narrow, and never escape sequences of others', async () => {
    const [head, row] = (await eris('bids --label one')).out.split('\n');
    expect(head).toMatch(/^ *id +label +status/);
    expect(row).toMatch(/^ *\d+ +one +accepted/);
    expect((await eris('organisations create evil\u001b[31mname --json', operator())).code).toBe(2);
  });

  hasTerminals('have colours in a terminal only, and not with NO_COLOR', async () => {
    const colour = '\u001b[1m';
    expect((await eris('bids', { columns: 120 })).out).toContain(colour);
    expect((await eris('bids', { columns: 120, env: { NO_COLOR: '1' } })).out).not.toContain(colour);
    const narrow = await eris('bids --limit 1', { columns: 30, env: { NO_COLOR: '1' } });
    expect(narrow.out).toMatch(/^id +\d+\r?\nlabel /m);
    for (const line of (await eris('quote job.json', { columns: 50, env: { NO_COLOR: '1' } })).out
      .split(/\r?\n/)
      .filter((each) => /[┤└]/.test(each)))
      expect(line.length).toBeLessThanOrEqual(50);
  });

  it('may be read in part: a reader that goes is no failure', async () => {
    const pipe = `set -o pipefail; '${process.execPath}' '${ERIS}' api GET /openapi.json | head -n 1`;
    const env = { PATH: process.env.PATH, ...home(), ERIS_URL: api.client.url };
    expect((await promisify(execFile)('bash', ['-c', pipe], { env, cwd: folder })).stdout).toBe('{\n');
  });
});

describe('watching', () => {
  it('goes on after what was seen', async () => {
    const first = (await eris('watch --count 2 --resume seen --json')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: string });
    const next = (await eris('watch --count 1 --resume seen --json')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: string });
    expect(Number(next[0]?.sequence)).toBeGreaterThan(Number(first[1]?.sequence));
    expect(readFileSync(file('seen'), 'utf8').trim()).toBe(next[0]?.sequence);
  });

  it('ends once a price is below', async () => {
    expect(await json('prices --resource gpu --watch --below 1000000')).toMatchObject({ hits: expect.arrayContaining([]) as unknown[] });
  });
});

describe('what goes wrong', () => {
  const documentIn = ({ err }: CliEnd): { type: string; status: number } => JSON.parse(err) as { type: string; status: number };

  it('is a problem document with --json, and an exit code of the table', async () => {
    const ends: readonly [args: string, code: number, type: string, options?: Partial<CliOptions>][] = [
      ['wallet', 4, 'unauthenticated', { env: { ERIS_KEY: 'eris_b_revoked_or_wrong' } }],
      ['clock advance 1', 4, 'role_not_allowed'],
      ['why 999999', 5, 'not_found'],
      ['bids --market nowhere', 2, 'bad_input'],
      ['bid nowhere.json', 2, 'bad_input'],
      ['bids --status lost', 2, 'invalid_query'],
      ['prices --nonsense', 2, 'bad_input'],
      ['wallet', 7, 'unreachable', { env: { ERIS_URL: 'http://127.0.0.1:1' } }],
      ['wallet --url ftp://somewhere', 2, 'bad_input'],
      ['api GET /v1/nothing', 2, 'bad_input'],
    ];
    for (const [args, code, type, options] of ends) {
      const end = await eris(`${args} --json`, options);
      expect([args, end.code, documentIn(end).type, end.out]).toEqual([args, code, `urn:eris:problem:${type}`, '']);
    }
  }, 120_000);

  it('is said of a server that is something else', async () => {
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const end = await eris('markets --json', { env: { ERIS_URL: `http://127.0.0.1:${port}` } });
    server.close();
    expect([end.code, documentIn(end).type]).toEqual([1, 'urn:eris:problem:not_eris']);
  });

  it('is found by the doctor, whose bundle has no key in it', async () => {
    expect(await json('doctor')).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ what: 'market', ok: true })]) as unknown[],
    });
    const wrong = await eris('doctor --json', { env: { ERIS_KEY: 'eris_b_secret_secret' } });
    expect(wrong.code).toBe(1);
    expect(wrong.out).not.toContain('secret_secret');
    expect(JSON.parse(wrong.out)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ what: 'key', ok: false })]) as unknown[],
    });
  });
});

describe('an operator', () => {
  it('makes a sandbox from which the first bid is accepted', async () => {
    expect((await eris('sandbox --name play --file first.json', operator())).code).toBe(0);
    const as = { env: { ERIS_KEY: undefined, ERIS_URL: undefined } };
    expect((await eris('bid first.json --wait', as)).code).toBe(0);
  });

  it('runs a market, its sites, clock, organisations, keys and money', async () => {
    write('market.json', {
      name: 'second',
      clock: 'manual',
      slotMinutes: 20,
      horizonSlots: 5,
      chunkMB: 2,
      bandwidthMB: 100,
      resources: ['gpu'],
      prices: { kind: 'flat', level: '3' },
    });
    const { id } = await json('markets create market.json', operator());
    const site = await json(`sites add one --capacity gpu=4 --at 52.5,13.4 --market ${id}`, operator());
    expect(await json(`sites capacity ${site.id} gpu=5 --market second`, operator())).toMatchObject({ capacity: { gpu: 5 } });
    expect(await json('clock advance 2 --market second', operator())).toEqual({ slot: 2 });
    expect(await json('markets pause --market second', operator())).toMatchObject({ status: 'paused' });
    const wanted = `--kind maintenance --site ${site.id} --from 3 --to 5 --market second`;
    const { digest, hits } = await json(`windows preview ${wanted}`, operator());
    expect(hits).toEqual([]);
    const window = await json(`windows open ${wanted} --digest ${digest}`, operator());
    expect(await json('windows --market second', operator())).toMatchObject({
      items: [{ id: window.id, state: 'planned', from: 3, to: 5 }],
    });
    const mine = scene.operatorId;
    const agent = await json(`keys create ${mine} --role agent --site ${site.id}`, operator());
    expect(await json(`agent --site ${site.id} --count 1`, { env: { ERIS_KEY: agent.key } })).toMatchObject({ siteId: site.id, streak: 1 });
    expect(await json(`budgets set team --amount 5 --per day --organisation ${mine}`, operator())).toMatchObject({
      name: 'team',
      amount: '5',
    });
    expect(await json('organisations create acme', operator())).toMatchObject({ name: 'acme' });
    expect(await json('deposit acme 12.5', operator())).toMatchObject({ balance: { available: '12.5' } });
    const month = new Date().toISOString().slice(0, 7);
    const statement = await eris(`statement --account acme --month ${month}`, operator());
    expect(statement.out).toMatch(/wallet +0 +12\.5 +12\.5/);
    const csv = await eris(`statement --account acme --month ${month} --csv`, operator());
    expect(csv.out).toMatch(/^transfer,at,kind,account,amount,market,bid,slot\r\n\d+,.*,deposit,wallet,12\.5,,,\r\n$/);
    expect((await eris('statement --account acme --month 1999-01 --csv', operator())).out.split('\r\n')).toHaveLength(2);
    expect(await eris('statement --month november', operator())).toMatchObject({
      code: 2,
      err: expect.stringContaining('--month') as string,
    });
    const key = await json('keys create acme --role bidder --scopes bids:read', operator());
    expect(await json(`keys revoke ${key.id}`, operator())).toEqual({ id: key.id, revoked: true });
    expect(await json('api GET /v1/markets --query limit=1', operator())).toMatchObject({ items: [{}] });
  }, 120_000);
});
