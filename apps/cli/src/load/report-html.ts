import type { Histogram } from 'hdr-histogram-js';
import { POINT_MS, type Meter } from './meter.js';
import { escaped, svgOf, type Line, type Plot } from './plot.js';
import { driveText, type Latency, type LoadResult } from './result.js';

const STYLE = `
:root { color-scheme: light dark; --text: #1c2330; --soft: #66707f; --page: #ffffff; --grid: #e3e7ed; --one: #1769c2; --two: #c2541c; --bad: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaf0; --soft: #98a3b3; --page: #12161d; --grid: #2a313c; --one: #63aaf5; --two: #f2935a; --bad: #f2857c }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 800px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem; margin-bottom: 0 } p.soft { color: var(--soft); margin-top: 0 }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums } td, th { padding: .25rem .9rem .25rem 0; text-align: right }
td:first-child, th:first-child { text-align: left } th { color: var(--soft); font-weight: 500 }
svg { width: 100%; margin: 1rem 0 } .title { font: 600 14px system-ui; fill: var(--text) } .mark { font: 12px system-ui; fill: var(--soft) }
.end { text-anchor: end } .middle { text-anchor: middle } .grid { stroke: var(--grid) } .line { fill: none; stroke-width: 2 }
.one { stroke: var(--one) } .two { stroke: var(--two) } .bad { color: var(--bad) } li { margin: .2rem 0 }`;

/** The report as one page that needs nothing else: figures, plots, checks. */
export function reportHtml(result: LoadResult, meter: Meter): string {
  const plots = [latencyPlot(meter), ratePlot(meter), backlogPlot(meter)];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>eris load</title><style>${STYLE}</style></head><body>
<h1>Load: ${result.ackedPerSecond.toFixed(0)} bids acknowledged, ${result.decidedPerSecond.toFixed(0)} decided per second</h1>
<p class="soft">${escaped(`${driveText(result.options)}, ${result.options.markets} markets, ${result.options.bidders} bidders, ${result.options.seconds} s; ${result.url}`)}</p>
${latencyTable(result)}
${countTable(result)}
${plots.map(svgOf).join('\n')}
<h2>Checks</h2><ul>${result.checks.map(checkItem).join('')}</ul>
</body></html>
`;
}

function latencyTable({ acceptMs, decideMs }: LoadResult): string {
  const row = (name: string, { p50, p90, p99, p999, max }: Latency): string =>
    `<tr><td>${name}</td>${[p50, p90, p99, p999, max].map((value) => `<td>${value.toFixed(1)}</td>`).join('')}</tr>`;
  const head = ['ms', 'p50', 'p90', 'p99', 'p99.9', 'max'].map((name) => `<th>${name}</th>`).join('');
  return `<table><tr>${head}</tr>${row('accept: request to answer', acceptMs)}${row('decide: answer to decision', decideMs)}</table>`;
}

function countTable({ sent, acked, turnedAway, failed, outcomes }: LoadResult): string {
  const figures = { sent, acknowledged: acked, 'turned away': turnedAway, failed, accepted: outcomes.accepted, refused: outcomes.refused };
  const heads = Object.keys(figures).map((name) => `<th>${name}</th>`);
  const cells = Object.values(figures).map((value) => `<td>${value}</td>`);
  return `<table><tr>${heads.join('')}</tr><tr>${cells.join('')}</tr></table>`;
}

function checkItem({ name, detail, holds, faults }: LoadResult['checks'][number]): string {
  const text = `${escaped(name)}: ${escaped(detail)}`;
  if (holds) return `<li>✓ ${text}</li>`;
  return `<li class="bad">✗ ${text}<ul>${faults
    .slice(0, 20)
    .map((fault) => `<li>${escaped(fault)}</li>`)
    .join('')}</ul></li>`;
}

/** Percentiles on a scale by which each further nine is as wide as the one before. */
const NINES = [0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];
const nines = (percent: number): number => -Math.log10(1 - percent / 100);

function latencyPlot({ accept, decide }: Meter): Plot {
  const line = (name: string, className: string, histogram: Histogram): Line => ({
    name,
    className,
    points: Array.from({ length: 200 }, (_, index) => (1 - 10 ** -((index * 4) / 199)) * 100).map((percent) => [
      nines(percent),
      histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percent) / 1000,
    ]),
  });
  return {
    title: 'Latency by percentile',
    xLabel: 'percentile',
    yLabel: 'ms',
    lines: [line('accept', 'one', accept), line('decide', 'two', decide)],
    xMarks: NINES.map((percent) => [nines(percent), `${percent}`]),
  };
}

const seconds = (index: number): number => (index * POINT_MS) / 1000;
const secondMarks = (count: number): (readonly [number, string])[] => {
  const step = Math.max(1, Math.ceil(seconds(count) / 10));
  return Array.from({ length: Math.floor(seconds(count) / step) + 1 }, (_, index) => [index * step, `${index * step}`] as const);
};

function ratePlot({ points }: Meter): Plot {
  const perSecond = (count: number): number => (count * 1000) / POINT_MS;
  return {
    title: 'Bids per second',
    xLabel: 'seconds',
    yLabel: '1/s',
    lines: [
      { name: 'acknowledged', className: 'one', points: points.map(({ acked }, index) => [seconds(index), perSecond(acked)]) },
      { name: 'decided', className: 'two', points: points.map(({ decided }, index) => [seconds(index), perSecond(decided)]) },
    ],
    xMarks: secondMarks(points.length),
  };
}

function backlogPlot({ points }: Meter): Plot {
  let backlog = 0;
  const line = points.map(({ acked, decided }, index): [number, number] => [seconds(index), Math.max(0, (backlog += acked - decided))]);
  return {
    title: 'Acknowledged and not yet decided',
    xLabel: 'seconds',
    yLabel: 'bids',
    lines: [{ name: 'backlog', className: 'one', points: line }],
    xMarks: secondMarks(points.length),
  };
}
