import { Pool } from 'undici';
import { checkLines, type Check } from '../demo/check.js';
import { atMost } from '../running/at-most.js';
import { runUntilSignal, type Run } from '../running/run.js';
import { operatorKeyOf, serve } from '../running/serve.js';
import { EXIT, writeText, type HostTerminal } from '../terminal.js';
import { checkLoad } from './checks.js';
import { measure } from './measure.js';
import type { Meter } from './meter.js';
import type { LoadOptions } from './options.js';
import { reportHtml } from './report-html.js';
import { resultLines, resultOf } from './result.js';
import { openLoadStage } from './stage.js';

/** Requests beside the load, at once. */
const AT_ONCE = 16;

/** Where the load goes and what is made of the result. */
export interface LoadTarget {
  /** A server that runs; without one everything is started here. */
  readonly url: string | undefined;
  readonly adminKey: string | undefined;
  readonly json: boolean;
  /** A file for the report with plots. */
  readonly html: string | undefined;
}

/** Loads a server with bids, reports, and checks everything that it acknowledged. Exit code 1 where a check does not hold. */
export function load(terminal: HostTerminal, options: LoadOptions, target: LoadTarget): Promise<void> {
  return runUntilSignal(terminal, async (run) => {
    const { url, adminKey } = await serverOf(terminal, run, target);
    const pool = new Pool(url, { connections: options.connections, pipelining: 1 });
    await run.closing.add('connections to the API', () => pool.destroy());
    const ending = new AbortController();
    void run.untilEnd.then(
      () => ending.abort(),
      () => ending.abort(),
    );
    const stage = await openLoadStage({ url, fetch: atMost(AT_ONCE) }, adminKey, options);
    terminal.err(`eris: ${stage.name}: ${options.markets} markets and ${options.bidders} bidders are ready\n`);
    const progress = liveLine(terminal);
    const meter = await measure({ pool, stage, options, clock: terminal.clock, signal: ending.signal, onMeter: progress.show });
    progress.end();
    terminal.err('eris: checking what was acknowledged …\n');
    const checks = options.follow ? await checkLoad(stage, meter) : [];
    await show(terminal, { target: { ...target, url }, options, meter, checks });
  });
}

async function serverOf(terminal: HostTerminal, run: Run, { url, adminKey }: LoadTarget): Promise<{ url: string; adminKey: string }> {
  if (url === undefined) {
    const serving = await serve(terminal, { ...run, anyPort: true, logToFiles: true, forLoad: true });
    return { url: serving.url, adminKey: operatorKeyOf(serving) };
  }
  const key = adminKey ?? run.config.adminKey;
  if (key === undefined) throw new Error('a key of an operator is needed: --admin-key, or ERIS_ADMIN_KEY');
  return { url: new URL(url).origin, adminKey: key };
}

interface Shown {
  readonly target: LoadTarget & { readonly url: string };
  readonly options: LoadOptions;
  readonly meter: Meter;
  readonly checks: readonly Check[];
}

async function show(terminal: HostTerminal, { target, options, meter, checks }: Shown): Promise<void> {
  const result = resultOf(target.url, { options, meter, checks });
  if (target.html !== undefined) await writeText(terminal, target.html, reportHtml(result, meter));
  if (target.json) terminal.out(`${JSON.stringify(result)}\n`);
  else terminal.out(`${[...resultLines(result), '', 'checks', ...checks.flatMap(checkLines)].join('\n')}\n`);
  if (checks.some(({ faults }) => faults.length > 0)) process.exitCode = EXIT.failed;
}

/** A line that shows where the load is: rewritten on a terminal, else printed every few seconds. */
function liveLine(terminal: HostTerminal): { readonly show: (meter: Meter) => void; readonly end: () => void } {
  let shown = 0;
  return {
    show: (meter) => {
      const text = `${meter.acked} acknowledged, ${meter.pending} waiting for their decision, ${meter.turnedAway} turned away`;
      if (terminal.isErrTty) terminal.err(`\r\u001b[2Keris: ${text}`);
      else if (shown++ % LINES_SKIPPED === 0) terminal.err(`eris: ${text}\n`);
    },
    end: () => (terminal.isErrTty ? terminal.err('\r\u001b[2K') : undefined),
  };
}

const LINES_SKIPPED = 8;
