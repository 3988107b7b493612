import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { runEris } from '../support/eris-command.js';

// Real: the command, its processes, its PostgreSQL, its folder.
const dataDir = mkdtempSync(join(tmpdir(), 'eris-admin-key-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const FILE = join(dataDir, 'admin-key');
const OTHER = 'another-Configured-admin-key-0123456789';
const CONFIGURED = 'a-Configured-admin-key-0123456789';

/** Runs `eris start` once. @returns what it printed, and what a request with each of the keys was answered. */
async function runOnce(keys: readonly string[], env: Record<string, string> = {}): Promise<{ output: string; statuses: number[] }> {
  const eris = runEris({ env: { ERIS_DATA_DIR: dataDir, ...env } });
  const client = new ApiClient(await eris.url());
  const statuses: number[] = [];
  for (const key of keys) statuses.push((await client.get('/v1/keys', { key })).status);
  expect(await eris.end()).toBe(0);
  return { output: eris.output(), statuses };
}

const kept = (): string => readFileSync(FILE, 'utf8').trim();

it('prints the admin key when it is made and never again, and keeps it for its owner only', async () => {
  const first = await runOnce([]);
  const key = kept();
  expect(key).toMatch(/^eris_o_[\w-]{43}$/);
  expect(first.output).toContain(`admin key  ${key}  (shown this once; kept in ${FILE})`);
  expect(statSync(FILE).mode & 0o777).toBe(0o600);

  const second = await runOnce([key]);
  expect(second.output).not.toContain(key);
  expect(second.output).toContain(`admin key  in ${FILE}`);
  expect(second.statuses).toEqual([200]);

  const configured = await runOnce([key, CONFIGURED], { ERIS_ADMIN_KEY: CONFIGURED });
  expect(configured.output).toContain('admin key  the one in ERIS_ADMIN_KEY');
  expect(configured.output).not.toContain(CONFIGURED);
  expect(configured.statuses).toEqual([401, 200]);

  const forgotten = await runOnce([key, CONFIGURED]);
  expect(forgotten.output).toContain('admin key  the one that ERIS_ADMIN_KEY had before; set it to a new one to replace that');
  expect(forgotten.statuses).toEqual([401, 200]);
  expect((await runOnce([CONFIGURED], { ERIS_ADMIN_KEY: CONFIGURED })).statuses).toEqual([200]);
  expect((await runOnce([CONFIGURED, OTHER], { ERIS_ADMIN_KEY: OTHER })).statuses).toEqual([401, 200]);
}, 300_000);
