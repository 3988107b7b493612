import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { Figures, Journal } from '../../apps/worker/src/index.js';
import { ProcessReport } from '#runtime';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, setScene } from '../support/scenes.js';

const ROOT = process.cwd();
const SUFFIXES = /_(bucket|count|sum)$/;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const textOf = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8');
const namesIn = (text: string): string[] => [...new Set(text.match(/\b(?:eris|process|nodejs)_[a-z0-9_]+/g))];

/** What the API and the worker show, with the type of each figure. */
async function shown(): Promise<Map<string, string>> {
  const report = new ProcessReport(pino({ level: 'silent' }));
  void [new Journal(report), new Figures(report.registry)];
  const { body } = await api.client.get('/metrics');
  const text = `${body}\n${await report.registry.metrics()}`;
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
}

it.each(['grafana/dashboard.json', 'prometheus/alerts.yml'])('shows every figure that %s names', async (path) => {
  const figures = await shown();
  const names = namesIn(textOf(path));
  expect(names.length).toBeGreaterThan(5);
  const isShown = (name: string): boolean => figures.has(name) || figures.get(name.replace(SUFFIXES, '')) === 'histogram';
  expect(names.filter((name) => !isShown(name))).toEqual([]);
});

it('has every figure of its own on the dashboard', async () => {
  const dashboard = textOf('grafana/dashboard.json');
  const own = [...(await shown()).keys()].filter((name) => name.startsWith('eris_'));
  expect(own.filter((name) => !dashboard.includes(name))).toEqual([]);
});

it('says what to do about every alert', () => {
  const operations = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
  const alerts = [...textOf('prometheus/alerts.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  expect(alerts.length).toBeGreaterThan(5);
  expect(alerts.filter((name) => !operations.includes(`### ${name}`))).toEqual([]);
});

it('counts what is taken in and stored', async () => {
  const scene = await setScene(api.client, api.adminKey, { name: 'figures', sites: 1 });
  await decidedBid(api.client, scene, { idempotencyKey: 'counted' });
  const { body } = await api.client.get('/metrics');
  expect(body).toContain('eris_accept_seconds_count{outcome="queued"} 1');
  expect(body).toContain('eris_accept_batch_bids_sum 1');
  expect(body).toMatch(/^eris_bids_waiting 0$/m);
  expect(body).toMatch(/^eris_event_streams 0$/m);
});
