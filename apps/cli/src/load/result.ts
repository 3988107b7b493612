import type { Histogram } from 'hdr-histogram-js';
import type { Check } from '../demo/check.js';
import type { Meter, Point } from './meter.js';
import type { LoadOptions } from './options.js';

/** Latencies, ms. */
export interface Latency {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What a load came to. Rates are per second. */
export interface LoadResult {
  readonly format: 'eris-load/1';
  readonly url: string;
  readonly options: LoadOptions;
  /** Bids. */
  readonly sent: number;
  readonly acked: number;
  readonly turnedAway: number;
  readonly failed: number;
  readonly decided: number;
  readonly outcomes: { readonly accepted: number; readonly refused: number };
  readonly ackedPerSecond: number;
  /** From the first request to the last decision: the whole way. */
  readonly decidedPerSecond: number;
  /** From when a request was due to its answer. */
  readonly acceptMs: Latency;
  /** From the answer to the event of the decision. */
  readonly decideMs: Latency;
  readonly failures: Readonly<Record<string, number>>;
  readonly checks: readonly {
    readonly name: string;
    readonly detail: string;
    readonly holds: boolean;
    readonly faults: readonly string[];
  }[];
  /** By quarters of a second. */
  readonly points: readonly Point[];
}

/** The result of a load as it is printed and written. */
export function resultOf(
  url: string,
  { options, meter, checks }: { options: LoadOptions; meter: Meter; checks: readonly Check[] },
): LoadResult {
  return {
    format: 'eris-load/1',
    url,
    options,
    sent: meter.sent,
    acked: meter.acked,
    turnedAway: meter.turnedAway,
    failed: [...meter.failures.values()].reduce((total, count) => total + count, 0),
    decided: meter.decided,
    outcomes: { accepted: meter.accepted, refused: meter.refused },
    ackedPerSecond: perSecond(meter.acked, meter.ackingMs),
    decidedPerSecond: perSecond(meter.decided, meter.decidingMs),
    acceptMs: latencyOf(meter.accept),
    decideMs: latencyOf(meter.decide),
    failures: Object.fromEntries(meter.failures),
    checks: checks.map(({ name, detail, faults }) => ({ name, detail, holds: faults.length === 0, faults })),
    points: meter.points,
  };
}

const perSecond = (count: number, ms: number): number => Math.round((count * 10_000) / ms) / 10;
const ms = (us: number): number => Math.round(us) / 1000;

/** The figures of a histogram of microseconds, in ms. */
export function latencyOf(histogram: Histogram): Latency {
  const at = (percent: number): number => ms(histogram.getValueAtPercentile(percent));
  const count = histogram.totalCount;
  return {
    count,
    mean: count === 0 ? 0 : ms(histogram.mean),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: ms(histogram.maxValue),
  };
}

/** The result as a table for a person. */
export function resultLines(result: LoadResult): string[] {
  const { options } = result;
  const row = (name: string, { p50, p90, p99, p999, max }: Latency): string =>
    `  ${name.padEnd(10)}${[p50, p90, p99, p999, max].map((value) => value.toFixed(1).padStart(10)).join('')}`;
  const failures = Object.entries(result.failures).map(([what, count]) => `  ${count} x ${what}`);
  return [
    `${driveText(options)}, ${options.markets} markets, ${options.bidders} bidders, ${options.seconds} s${options.warmup > 0 ? ` after ${options.warmup} s of warm-up` : ''}`,
    '',
    `  bids       ${result.sent} sent, ${result.acked} acknowledged, ${result.turnedAway} turned away, ${result.failed} requests failed`,
    `  decisions  ${result.decided}: ${result.outcomes.accepted} accepted, ${result.outcomes.refused} refused`,
    `  per second ${result.ackedPerSecond.toFixed(0)} acknowledged, ${result.decidedPerSecond.toFixed(0)} decided (until the last decision)`,
    '',
    `  ms        ${['p50', 'p90', 'p99', 'p99.9', 'max'].map((name) => name.padStart(10)).join('')}`,
    row('accept', result.acceptMs),
    ...(result.decideMs.count > 0 ? [row('decide', result.decideMs)] : []),
    ...(failures.length > 0 ? ['', 'failures', ...failures] : []),
  ];
}

/** How the load was driven, in words. */
export function driveText({ mode, rate, connections, bulk }: LoadOptions): string {
  const bids = bulk === 1 ? 'single bids' : `${bulk} bids a request`;
  return mode === 'open'
    ? `open arrivals at ${rate} bids/s, ${bids}, ${connections} connections`
    : `closed loop of ${connections} connections, ${bids}`;
}
