import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { Eris } from '#sdk';
import type { Serving } from '../../apps/cli/src/index.js';
import { type FaultProxy, layCable } from '../../test/support/fault-proxy.js';
import { openPage, p95Of } from './pages.js';
import { type DashboardStage, type DecisionWriter, openDecisionWriter } from './stage.js';

const EVENTS_A_SECOND = 1_000;
const SECONDS = 20;
/** Written together so often: as a market decides, in batches. */
const WRITES_A_SECOND = 10;
/** Events a second while the API is away. */
const AWAY_EVENTS = 50;
const CAUGHT_UP_MS = 60_000;
const MS = 1_000;
/** Shorter tasks are what a page does all the time. */
const TASK_MS_MIN = 1;
const LONG_MS = 50;

/** What a page does at many events, and after the API was away. */
export interface LiveFigures {
  readonly eventsASecond: number;
  /** Of its tasks of a millisecond and more: the 95th of 100, the longest, and how many took over 50 ms. */
  readonly taskMs: number;
  readonly longestTaskMs: number;
  readonly longTasks: number;
  /** The same 95th by the time that the processor had for it: what else runs on the machine does not count. */
  readonly taskProcessorMs: number;
  readonly tasks: number;
  /** Entries that a follower was given twice, or not at all. */
  readonly missed: number;
  readonly repeated: number;
  readonly pageMissed: number;
  /** What the page said while nothing came. */
  readonly saidMeanwhile: string;
}

/** Follows a market in a page and by the SDK, at full speed and through an outage of the API. */
export async function benchLive(
  browser: Browser,
  serving: Serving,
  { stage, seed, awaySeconds }: { readonly stage: DashboardStage; readonly seed: number; readonly awaySeconds: number },
): Promise<LiveFigures> {
  const cable = await layCable(serving.url);
  const { origin } = new URL(cable.url);
  const writer = await openDecisionWriter(serving.databaseUrl, stage, seed);
  const ending = new AbortController();
  try {
    const seen = new Map<string, number>();
    const following = follow(new Eris({ url: origin, key: stage.operatorKey }), stage, seen, ending.signal);
    const page = await openPage(browser, origin, stage.operatorKey);
    await page.goto(`/admin/markets/${stage.marketId}`);
    await page.locator('.pulse.is-live').waitFor();
    const shownBefore = await decisionsShown(page);
    const { tasks, eventsASecond } = await busy(browser, page, writer);
    const { written, saidMeanwhile } = await away(page, cable, writer, awaySeconds);
    const last = stage.entries + eventsASecond * SECONDS + written;
    await untilSeen(seen, last);
    const wanted = last - stage.entries;
    const pageMissed = wanted - ((await untilShown(page, shownBefore + wanted)) - shownBefore);
    const missed = Array.from({ length: wanted }, (_, index) => String(stage.entries + 1 + index)).filter((each) => !seen.has(each)).length;
    const repeated = [...seen.values()].filter((times) => times > 1).length;
    ending.abort();
    await following;
    await page.context().close();
    const wall = tasks.map(({ ms }) => ms);
    const longTasks = wall.filter((ms) => ms > LONG_MS).length;
    const taskProcessorMs = p95Of(tasks.map(({ processorMs }) => processorMs));
    const told = {
      taskMs: p95Of(wall),
      longestTaskMs: Math.round(Math.max(...wall)),
      longTasks,
      taskProcessorMs,
      tasks: tasks.length,
    };
    return { eventsASecond, ...told, missed, repeated, pageMissed, saidMeanwhile };
  } finally {
    ending.abort();
    await writer.close();
    await cable.close();
  }
}

/** Counts how often each entry beyond the stage's is given out, until the signal. */
async function follow(eris: Eris, { marketId, entries }: DashboardStage, seen: Map<string, number>, signal: AbortSignal): Promise<void> {
  try {
    for await (const { sequence } of eris.events(marketId, { after: String(entries), signal }))
      seen.set(sequence, (seen.get(sequence) ?? 0) + 1);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A page at so many events a second. @returns ms of each task of its main thread, and how many events a second there were */
async function busy(
  browser: Browser,
  page: Page,
  writer: DecisionWriter,
): Promise<{ readonly tasks: readonly Task[]; readonly eventsASecond: number }> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  const beganMs = performance.now();
  for (let write = 0; write < SECONDS * WRITES_A_SECOND; write++) {
    await writer.append(EVENTS_A_SECOND / WRITES_A_SECOND);
    await sleep(Math.max(0, beganMs + ((write + 1) * MS) / WRITES_A_SECOND - performance.now()));
  }
  const seconds = (performance.now() - beganMs) / MS;
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  if (seconds > 1.5 * SECONDS) console.log(`the writer took ${seconds.toFixed(1)} s for ${SECONDS} s of events`);
  return { tasks: mainTasks(trace.traceEvents), eventsASecond: EVENTS_A_SECOND };
}

interface Task {
  readonly ms: number;
  readonly processorMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Tasks of the main threads of pages, ms. */
function mainTasks(events: readonly TraceEvent[]): Task[] {
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events.flatMap(({ name, pid, tid, dur = 0, tdur = 0 }) =>
    /RunTask$/.test(name) && mains.has(`${pid} ${tid}`) && dur >= TASK_MS_MIN * MS ? [{ ms: dur / MS, processorMs: tdur / MS }] : [],
  );
}

/** The way to the API is cut for a while; the market goes on. @returns how many events there were meanwhile, and what the page said */
async function away(
  page: Page,
  cable: FaultProxy,
  writer: DecisionWriter,
  seconds: number,
): Promise<{ written: number; saidMeanwhile: string }> {
  cable.cut();
  let written = 0;
  for (let second = 0; second < seconds; second++) {
    await writer.append(AWAY_EVENTS);
    written += AWAY_EVENTS;
    await sleep(MS);
  }
  const saidMeanwhile = await page.locator('.pulse').first().innerText();
  cable.mend();
  return { written, saidMeanwhile };
}

async function untilSeen(seen: ReadonlyMap<string, number>, last: number): Promise<void> {
  const endMs = performance.now() + CAUGHT_UP_MS;
  while (!seen.has(String(last)) && performance.now() < endMs) await sleep(100);
}

/** Decisions that the page says have come. */
async function decisionsShown(page: Page): Promise<number> {
  return Number(/(\d+) decisions since/.exec(await page.locator('main').innerText())?.[1] ?? 0);
}

async function untilShown(page: Page, wanted: number): Promise<number> {
  const endMs = performance.now() + CAUGHT_UP_MS;
  for (;;) {
    const shown = await decisionsShown(page);
    if (shown >= wanted || performance.now() > endMs) return shown;
    await sleep(500);
  }
}
