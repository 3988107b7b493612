import { BANDWIDTH_CELL, firstCellOf } from '#mechanism';
import type { Instance } from '#lab';
import { at, parseMicros } from '#units';
import type { Bidding, DecidedJob } from './bidding.js';
import { checkLines, type Check } from './check.js';
import { type Comparison, comparisonRows } from './comparison.js';
import type { Replay } from './replay.js';

const ENDS_SHOWN = 6;
const BARS = '▁▂▃▄▅▆▇█';
const amount = (text: string | null | undefined): bigint => parseMicros(text ?? '0') ?? 0n;
const CENTS = 10_000n; // micro-credits

/** Credits for people: thousands apart, two digits, rounded half up. */
export function credits(micros: bigint): string {
  const cents = (micros + CENTS / 2n) / CENTS;
  return `${(cents / 100n).toLocaleString('en')}.${(cents % 100n).toString().padStart(2, '0')}`;
}

/** The demo's figures. */
export interface Totals {
  readonly jobs: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Micro-credits. */
  readonly welfare: bigint;
  readonly revenue: bigint;
  readonly decisionsPerSecond: number;
  readonly waitMs: { readonly p50: number; readonly p99: number };
}

/** Sums over the answers. Welfare is the value of what was accepted, revenue what is paid for it. */
export function totalsOf({ decided, elapsedMs, waitMs }: Bidding): Totals {
  const accepted = decided.filter(({ bid }) => bid.status === 'accepted');
  const refused: Record<string, number> = {};
  for (const { bid } of decided)
    if (bid.status === 'refused')
      refused[bid.decision?.reason?.code ?? 'unknown'] = (refused[bid.decision?.reason?.code ?? 'unknown'] ?? 0) + 1;
  const sorted = [...waitMs].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    jobs: decided.length,
    accepted: accepted.length,
    refused,
    welfare: accepted.reduce((sum, { bid }) => sum + amount(bid.decision?.value), 0n),
    revenue: accepted.reduce((sum, { bid }) => sum + amount(bid.decision?.payment), 0n),
    decisionsPerSecond: elapsedMs > 0 ? (decided.length / elapsedMs) * 1000 : 0,
    waitMs: { p50: at(0.5), p99: at(0.99) },
  };
}

/** Share of the capacity sold, per resource (bandwidth last) and slot of the instance. */
export function utilisationOf({ slots, resources, sites }: Instance, { sales }: Replay): Record<string, number[]> {
  const cellsOf = (k: number): number[] => sites.map((_, site) => firstCellOf(site, resources.length) + k);
  const share = (slot: number, cells: readonly number[]): number => {
    const total = (of: readonly number[]): number => cells.reduce((sum, cell) => sum + (of[cell] ?? 0), 0);
    const { usedMilli, capacityMilli } = sales.get(slot) ?? { usedMilli: [], capacityMilli: [] };
    return total(usedMilli) / (total(capacityMilli) || 1);
  };
  const perSlot = (cells: readonly number[]): number[] => Array.from({ length: slots }, (_, slot) => share(slot, cells));
  return { ...Object.fromEntries(resources.map((name, k) => [name, perSlot(cellsOf(k))])), bandwidth: perSlot([BANDWIDTH_CELL]) };
}

/** Everything a person wants to see of the run. */
export function reportLines(input: {
  instance: Instance;
  bidding: Bidding;
  totals: Totals;
  replay: Replay;
  checks: readonly Check[];
  comparison: readonly Comparison[];
  all: boolean;
  /** What an outage has brought; none where there was none. */
  outage: readonly string[];
}): string[] {
  const { instance, bidding, totals, replay, checks, comparison, all, outage } = input;
  return [
    '',
    ...jobTable(bidding.decided, all),
    '',
    ...modelTable(bidding.decided),
    '',
    ...totalLines(totals),
    '(bidders of one slot race for the next place in the log, so two runs of a seed may differ)',
    '',
    ...utilisationLines(utilisationOf(instance, replay)),
    '',
    'rules of prices, on the same bids',
    ...table(comparisonRows(comparison)),
    `(the first as played${outage.length > 0 ? ', as it was sold' : ''}; the others decided in the order of the jobs, in this process, the level learnt after every bid${outage.length > 0 ? ', without the outage' : ''})`,
    '',
    ...(outage.length > 0 ? [...outage, ''] : []),
    'checks',
    ...checks.flatMap(checkLines),
  ];
}

const HEAD = ['job', 'model', 'bidder', 'arrives', 'answer', 'completes', 'value', 'pays', 'why'];

function jobTable(decided: readonly DecidedJob[], all: boolean): string[] {
  const isCut = !all && decided.length > 2 * ENDS_SHOWN;
  const rows = decided.map(jobRow);
  const shown = isCut ? [...rows.slice(0, ENDS_SHOWN), ['…', ...HEAD.slice(1).map(() => '')], ...rows.slice(-ENDS_SHOWN)] : rows;
  return [...table([HEAD, ...shown]), ...(isCut ? [`(${decided.length} jobs; --all lists every one)`] : [])];
}

function jobRow({ job, bidder, bid }: DecidedJob): string[] {
  const { decision } = bid;
  const isAccepted = bid.status === 'accepted';
  const pays = isAccepted ? credits(amount(decision?.payment)) : '';
  return [
    job.id,
    job.model ?? '',
    bidder.name,
    `${job.arrival}`,
    bid.status,
    `${decision?.completion ?? ''}`,
    isAccepted ? credits(amount(decision?.value)) : '',
    pays,
    whyNot(bid),
  ];
}

function whyNot({ decision }: DecidedJob['bid']): string {
  const reason = decision?.reason;
  if (!reason) return '';
  const { nearest, floor } = reason;
  const option = nearest ?? floor;
  if (!option) return reason.code;
  const price = `${nearest ? '' : 'at least '}${credits(amount(option.price))}`;
  return `${reason.code} (${price} for ${credits(amount(option.value))} by slot ${option.completion})`;
}

function modelTable(decided: readonly DecidedJob[]): string[] {
  const models = [...new Set(decided.map(({ job }) => job.model ?? job.id))].sort();
  const rows = models.map((model) => {
    const jobs = decided.filter(({ job }) => (job.model ?? job.id) === model);
    const accepted = jobs.filter(({ bid }) => bid.status === 'accepted');
    const sum = (of: 'value' | 'payment'): bigint => accepted.reduce((total, { bid }) => total + amount(bid.decision?.[of]), 0n);
    const slots = accepted.reduce((total, { job, bid }) => total + (bid.decision?.completion ?? 0) - job.arrival, 0);
    return [
      model,
      `${jobs.length}`,
      `${accepted.length}`,
      accepted.length ? (slots / accepted.length).toFixed(1) : '',
      credits(sum('value')),
      credits(sum('payment')),
    ];
  });
  return table([['model', 'jobs', 'accepted', 'slots to completion', 'value', 'pays'], ...rows]);
}

function totalLines({ jobs, accepted, refused, welfare, revenue, decisionsPerSecond, waitMs }: Totals): string[] {
  const reasons = Object.entries(refused)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ');
  return [
    `accepted   ${accepted} of ${jobs}${reasons ? `; refused: ${reasons}` : ''}`,
    `welfare    ${credits(welfare)} credits (value of what was accepted)`,
    `revenue    ${credits(revenue)} credits`,
    `decisions  ${decisionsPerSecond.toFixed(0)} per second, slot by slot over HTTP; from bid to decision p50 ${waitMs.p50.toFixed(0)} ms, p99 ${waitMs.p99.toFixed(0)} ms`,
  ];
}

function utilisationLines(utilisation: Readonly<Record<string, readonly number[]>>): string[] {
  const width = Math.max(...Object.keys(utilisation).map(({ length }) => length));
  const rows = Object.entries(utilisation).map(([name, shares]) => {
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const peak = Math.max(...shares);
    return `  ${name.padEnd(width)}  ${shares.map(bar).join('')}  mean ${percent(mean)}  peak ${percent(peak)}`;
  });
  return ['sold, slot by slot', ...rows];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(7);
const bar = (share: number): string => (share === 0 ? '·' : at(BARS, Math.min(BARS.length - 1, Math.floor(share * BARS.length))));

/** Columns side by side, headed; figures to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = at(rows, 0).map((_, column) => Math.max(...rows.map((row) => at(row, column).length)));
  const isFigure = at(rows, 0).map((_, column) => rows.slice(1).every((row) => /^[\d.,…]*$/.test(at(row, column))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (isFigure[column] ? cell.padStart(at(widths, column)) : cell.padEnd(at(widths, column))))
      .join('  ')
      .trimEnd();
  return rows.map(line);
}
