import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { until } from './until.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const SHOTS = join(process.cwd(), 'reports', 'pages');

/** A Chromium of this machine; undefined where there is none: `apt-get install chromium`. */
export const chromiumPath: string | undefined = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((file) => existsSync(file));

/** Tests of pages; skipped where no Chromium can be had. */
export const describePages: typeof describe = (
  chromiumPath === undefined
    ? (title: string) =>
        describe.skip(`${title} (skipped: no Chromium here; apt-get install chromium)`, () => it('needs a Chromium', () => undefined))
    : describe
) as typeof describe;

export const openBrowser = (): Promise<Browser> => {
  if (chromiumPath === undefined) throw new Error('no Chromium here');
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
};

/** How a page is looked at. */
export interface Look {
  readonly theme: 'light' | 'dark';
  readonly width: 1440 | 390;
}

/** What pages are looked at in: each theme and each width. */
export const LOOKS: readonly Look[] = [
  { theme: 'light', width: 1440 },
  { theme: 'dark', width: 390 },
  { theme: 'dark', width: 1440 },
  { theme: 'light', width: 390 },
];

/** A visitor's browser, and what its pages complained of: errors of the console and scripts, and requests to other hosts. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens a browser of its own for a visitor. What `expected` matches is no complaint. */
export async function visit(browser: Browser, url: string, { theme, width }: Look, expected?: RegExp): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce', baseURL: url });
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string): void => void (expected?.test(text) || complaints.push(text));
  page.on('console', (message) => message.type() === 'error' && complain(`console: ${message.text()}`));
  page.on('pageerror', (error) => complain(`script: ${error.message}`));
  page.on(
    'request',
    (request) => new URL(request.url()).origin === url || /^(data|blob):/.test(request.url()) || complain(`asked ${request.url()}`),
  );
  return { context, page, complaints, close: () => context.close() };
}

/** Looks at the same page in another way. */
export async function lookAs(page: Page, { theme, width }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
}

/** Signs in by the form, as people do. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.goto('/admin/');
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Markets' }).waitFor();
}

/** What stands on a page until all of it is there. */
const UNSETTLED = '.loading, .pulse:not(.is-live):not(.is-broken)';
const SETTLED_MS_MAX = 20_000;

/** Waits until nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await until(async () => (await page.locator(UNSETTLED).count()) === 0, { everyMs: 50, maxMs: SETTLED_MS_MAX });
}

/** By how much the page is wider than what shows it, pixels. */
export const overflowOf = async (page: Page): Promise<number> =>
  Math.max(0, await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth'));

/** What keeps people from using the page, by axe: WCAG 2.2 AA and its best practices. */
export async function barriers(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('window.axe.run()');
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(' | ')}`,
  );
}

/** Keeps a picture of the page for people to look at, in reports/pages. */
export async function keepShot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}
