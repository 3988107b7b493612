// How fast things are read beside how fast bids are taken in, on this machine and this Postgres: `npm run bench:reads -- --quick`.
// Bids and each read take turns, so that what the machine does meanwhile meets all alike. Without DATABASE_URL it starts a Postgres of its own and
// throws it away. The last line is one JSON object: what a second brings, and how many times as fast as each read bids are taken in.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Pool } from 'undici';
import { BidSource, type HostTerminal, type Run, runUntilSignal, serve } from '../apps/cli/src/index.js';
import { terminalOf } from './terminal.js';
import { type Ask, openReadStage, type ReadStage } from './reads/stage.js';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } });
const TAKES = flags.quick ? 2 : 5;
const SECONDS = flags.quick ? 0.5 : 3;
/** Requests under way at once. */
const AT_ONCE = 32;
const MS_PER_SECOND = 1_000;
/** What a bid's intake may be faster than a read. */
const RATIO_MAX = 3;

const median = (figures: readonly number[]): number => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];
const round2 = (figure: number): number => Math.round(figure * 100) / 100;

/** Does something over and over, so many at once. @returns how often it was done in a second. */
async function perSecond(work: (lane: number) => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  const endMs = beganMs + SECONDS * MS_PER_SECOND;
  let done = 0;
  const lane = async (index: number): Promise<void> => {
    while (performance.now() < endMs) {
      await work(index);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => lane(index)));
  return (done * MS_PER_SECOND) / (performance.now() - beganMs);
}

const headersOf = ({ key }: Ask): Record<string, string> => ({ authorization: `Bearer ${key}` });

async function readOnce(pool: Pool, ask: Ask): Promise<void> {
  const { statusCode, body } = await pool.request({ method: 'GET', path: ask.path, headers: headersOf(ask) });
  if (statusCode !== 200) throw new Error(`${ask.path}: ${statusCode} ${(await body.text()).slice(0, 200)}`);
  await body.dump({ limit: Number.MAX_SAFE_INTEGER });
}

/** Opens a stream, takes what comes first, and hangs up. */
async function streamOnce(url: string, ask: Ask): Promise<void> {
  const client = new Client(url);
  try {
    const { statusCode, body } = await client.request({ method: 'GET', path: ask.path, headers: headersOf(ask) });
    if (statusCode !== 200) throw new Error(`${ask.path}: ${statusCode}`);
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      if (text.includes('\nid: ') || text.startsWith('id: ')) break;
    }
  } finally {
    await client.destroy();
  }
}

async function bidOnce(pool: Pool, source: BidSource): Promise<void> {
  const { path, headers, body } = source.next();
  const answer = await pool.request({ method: 'POST', path, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 202) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 200)}`);
}

interface Subject {
  readonly name: string;
  readonly run: () => Promise<number>;
}

function subjectsOf(url: string, pool: Pool, { load, asks, events }: ReadStage): readonly [Subject, ...Subject[]] {
  const source = new BidSource(load, 1);
  return [
    { name: 'a bid', run: () => perSecond(() => bidOnce(pool, source)) },
    ...asks.map((ask) => ({ name: ask.name, run: () => perSecond(() => readOnce(pool, ask)) })),
    { name: events.name, run: () => perSecond(() => streamOnce(url, events)) },
    { name: 'healthz', run: () => perSecond(() => readOnce(pool, { name: '', path: '/healthz', key: '' })) },
  ];
}

async function bench(terminal: HostTerminal, run: Run): Promise<void> {
  const serving = await serve(terminal, { ...run, anyPort: true, logToFiles: true });
  const stage = await openReadStage(serving, Number(flags.seed));
  const pool = new Pool(serving.url, { connections: AT_ONCE });
  await run.closing.add('connections', () => pool.destroy());
  console.log(`${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, Node ${process.version}, ${AT_ONCE} at once\n`);
  const subjects = subjectsOf(serving.url, pool, stage);
  const takes = new Map(subjects.map(({ name }): [string, number[]] => [name, []]));
  for (const { run: warmUp } of subjects) await warmUp();
  for (let take = 0; take < TAKES; take++) for (const { name, run: once } of subjects) takes.get(name)?.push(await once());
  const [bid] = subjects;
  const bids = median(takes.get(bid.name) ?? []);
  console.log(`${'per second'.padEnd(22)}${'median'.padStart(8)}   x as fast a bid   takes`);
  const reads = subjects.map(({ name }) => {
    const figures = takes.get(name) ?? [];
    const [perSecondMedian, ratio] = [Math.round(median(figures)), round2(bids / median(figures))];
    console.log(
      `${name.padEnd(22)}${String(perSecondMedian).padStart(8)}   ${ratio.toFixed(2).padStart(15)}   ${figures.map(Math.round).join(' ')}`,
    );
    return { name, perSecond: perSecondMedian, bidOverIt: ratio };
  });
  const worst = Math.max(...reads.map(({ bidOverIt }) => bidOverIt));
  console.log(`\n${worst <= RATIO_MAX ? 'within' : 'NOT within'} ${RATIO_MAX} x of a bid's intake: at worst ${worst.toFixed(2)} x\n`);
  console.log(JSON.stringify({ bidPerSecond: Math.round(bids), takes: TAKES, worstBidOverRead: worst, reads }));
}

const dataDir = await mkdtemp(join(tmpdir(), 'eris-reads-'));
const terminal = terminalOf(dataDir);
try {
  await runUntilSignal(terminal, (run) => bench(terminal, run));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
