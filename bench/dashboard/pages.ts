import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ascending, percentile } from '#lab';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { DashboardStage } from './stage.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const WAIT_MS = 60_000;
const BYTES_PER_MB = 1_048_576;

/** What a browser sees of the dashboard: ms at the 95th of 100, megabytes, bytes of compressed JavaScript. */
export interface PageFigures {
  readonly pageFirstRowsMs: number;
  readonly pageFilterMs: number;
  readonly scrollFrameMs: number;
  readonly rowsScrolled: number;
  readonly heapMB: number;
  readonly heatMapMs: number;
  readonly firstPageBytes: number;
}

/** Starts a Chromium of this machine; undefined where there is none. */
export async function openChromium(): Promise<Browser | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const executablePath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
  if (executablePath === undefined) return undefined;
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info'] });
}

/** A page of an operator who has signed in. @param url where the server, or a cable to it, is */
export async function openPage(browser: Browser, url: string, key: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', baseURL: url });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto('/admin/');
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Markets' }).waitFor();
  return page;
}

/** The 95th of 100 of some times, to a tenth of a millisecond. */
export const p95Of = (times: readonly number[]): number => Math.round(percentile(ascending([...times]), 0.95) * 10) / 10;

/** Measures lists, scrolling, memory and the map in a real browser. */
export async function benchPages(
  browser: Browser,
  { url, stage, loads }: { readonly url: string; readonly stage: DashboardStage; readonly loads: number },
): Promise<PageFigures> {
  const page = await openPage(browser, url, stage.operatorKey);
  const at = `/admin/markets/${stage.marketId}`;
  const firstPageBytes = await scriptBytes(page, url);
  const pageFirstRowsMs = p95Of(await times(loads, () => firstRows(page, `${at}/bids`)));
  const pageFilterMs = p95Of(await times(loads, (index) => filtered(page, index % 2 === 0 ? 'Accepted' : 'Refused')));
  await page.goto(`${at}/bids`);
  const { frames, rows } = await scrolled(page);
  const heapMB = await heap(page);
  await page.goto(at);
  const heatMapMs = p95Of(await times(2, () => walked(page)).then((all) => all.flat()));
  await page.context().close();
  return { pageFirstRowsMs, pageFilterMs, scrollFrameMs: p95Of(frames), rowsScrolled: rows, heapMB, heatMapMs, firstPageBytes };
}

async function times<Time>(count: number, measure: (index: number) => Promise<Time>): Promise<Time[]> {
  const all: Time[] = [];
  for (let index = 0; index < count; index++) all.push(await measure(index));
  return all;
}

/** JavaScript that a new reader's first page takes, compressed. */
async function scriptBytes(page: Page, url: string): Promise<number> {
  const names = await page.evaluate<string[]>(
    `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))`,
  );
  const scripts = await Promise.all(
    [...new Set(names)].map(async (name) => (await fetch(new URL(new URL(name).pathname, url))).arrayBuffer()),
  );
  return scripts.reduce((sum, script) => sum + gzipSync(Buffer.from(script)).length, 0);
}

/** Looks frame by frame until something is so in the page. @returns the time of the page then: ms since its navigation began */
const until = (page: Page, condition: string): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const look = () => (${condition}) ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
  })`);

const HAS_ROWS = `document.querySelector('.long-list tbody tr') !== null`;

/** From the beginning of the navigation until a row is there, as the page itself sees it. */
async function firstRows(page: Page, address: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  return until(page, HAS_ROWS);
}

/** From the choice of a status until the first row is another one. */
async function filtered(page: Page, status: string): Promise<number> {
  await page.getByRole('button', { name: /State$/ }).click();
  await page.evaluate(`
    window.before = document.querySelector('.long-list tbody tr')?.textContent;
    addEventListener('pointerup', () => {
      const began = performance.now();
      const look = () => {
        const row = document.querySelector('.long-list tbody tr');
        if (row && row.textContent !== window.before) window.took = performance.now() - began;
        else requestAnimationFrame(look);
      };
      look();
    }, { once: true, capture: true });
    window.took = undefined;`);
  await page.getByRole('option', { name: status, exact: true }).click();
  await until(page, 'window.took !== undefined');
  return page.evaluate<number>('window.took');
}

const SCROLL_MS = 20_000;
/** What the wheel is turned by in each frame: some 160 rows a second. */
const SCROLL_PX = 120;
const FRAME_MS = 16;

/** Scrolls on and on through the list. @returns the time of each frame, and how many rows were there in the end */
async function scrolled(page: Page): Promise<{ readonly frames: number[]; readonly rows: number }> {
  await until(page, HAS_ROWS);
  await page.locator('.long-list').hover();
  await page.evaluate(`
    window.times = [];
    let last = performance.now();
    const step = (now) => {
      window.times.push(now - last);
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);`);
  const endMs = performance.now() + SCROLL_MS;
  while (performance.now() < endMs) await Promise.all([page.mouse.wheel(0, SCROLL_PX), sleep(FRAME_MS)]);
  const frames = await page.evaluate<number[]>('window.times.slice(1)');
  const rows = await page.evaluate<number>(`Math.round(document.querySelector('.long-list').scrollHeight / 44)`);
  return { frames, rows };
}

async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { readonly usedSize: number };
  return Math.round(usedSize / BYTES_PER_MB);
}

/** Walks over the map by the arrow keys, each of which draws all of it. @returns ms from each key until it was drawn */
async function walked(page: Page): Promise<number[]> {
  await page.getByRole('application').waitFor();
  return page.evaluate<number[]>(`(async () => {
    const map = document.querySelector('[role=application]');
    const stroke = CanvasRenderingContext2D.prototype.strokeRect;
    let drawn = 0;
    CanvasRenderingContext2D.prototype.strokeRect = function (...box) {
      stroke.apply(this, box);
      drawn = performance.now();
    };
    const times = [];
    for (let step = 0; step < 60; step++) {
      const began = performance.now();
      map.dispatchEvent(new KeyboardEvent('keydown', { key: step % 10 === 0 ? 'ArrowDown' : 'ArrowRight', bubbles: true }));
      while (drawn < began) await new Promise((resolve) => setTimeout(resolve));
      times.push(drawn - began);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    CanvasRenderingContext2D.prototype.strokeRect = stroke;
    return times;
  })()`);
}
