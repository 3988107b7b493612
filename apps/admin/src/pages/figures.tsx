import { useMemo } from 'react';
import type { AnswerOf } from '#sdk';
import { useAnswer } from '../app/api.js';
import { useIsBidder } from '../app/session.js';
import { useMarket } from '../app/market.js';
import { SeriesChart } from '../charts/series-chart.js';
import { roundCredits, sumOf } from '../model/amounts.js';
import { ageOf, count, percent } from '../model/words.js';
import { Panel, Stats } from '../parts/panel.js';
import { Empty, Shown } from '../parts/states.js';

type Series = AnswerOf<'readSeries'>;
type Bucket = Series['buckets'][number];

const REFRESH_MS = 5_000;

/** Figures of the market at a glance, and over time: for those who oversee it. */
export function Figures() {
  return useIsBidder() ? null : <Overseen />;
}

function Overseen() {
  const market = useMarket();
  const series = useAnswer('readSeries', { params: { marketId: market.id } }, { everyMs: REFRESH_MS });
  const ready = useAnswer('readyz', {}, { everyMs: 3 * REFRESH_MS });
  return (
    <Shown of={series} what="the figures">
      {(known) => (
        <>
          <Glance series={known} server={ready.data ? 'ready' : ready.error ? 'not ready' : '…'} />
          <OverTime buckets={known.buckets} />
        </>
      )}
    </Shown>
  );
}

function Glance({ series: { buckets, upTo, head }, server }: { readonly series: Series; readonly server: string }) {
  const sum = (of: (bucket: Bucket) => number): number => buckets.reduce((total, bucket) => total + of(bucket), 0);
  const accepted = sum((bucket) => bucket.accepted);
  const decided = accepted + sum((bucket) => bucket.refused);
  const waits = buckets.flatMap(({ wait }) => (wait ? [wait.p99Ms] : []));
  const behind = BigInt(head) - BigInt(upTo);
  return (
    <Stats
      of={[
        {
          name: 'Welfare, 24 h',
          value: roundCredits(sumOf(buckets.map(({ welfare }) => welfare))),
          note: 'credits that accepted bids are worth',
        },
        { name: 'Revenue, 24 h', value: roundCredits(sumOf(buckets.map(({ revenue }) => revenue))), note: 'credits that they pay' },
        {
          name: 'Accepted, 24 h',
          value: decided === 0 ? '–' : percent(accepted / decided),
          note: `${count(accepted)} of ${count(decided)} decisions`,
        },
        { name: 'Queue', value: count(buckets.at(-1)?.queued ?? 0), note: 'bids that wait for their decision' },
        { name: 'Wait, p99', value: waits.length === 0 ? '–' : waitWords(Math.max(...waits)), note: 'the longest of any bucket' },
        { name: 'Server', value: server, note: behind > 0n ? `figures are ${count(behind)} entries behind` : 'figures are up to date' },
      ]}
    />
  );
}

const waitWords = (ms: number): string => (ms < 1_000 ? `${ms} ms` : ageOf(ms));

function OverTime({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const { at, decisions, money } = useMemo(() => linesOf(buckets), [buckets]);
  if (at.length === 0)
    return (
      <Panel title="The last day">
        <Empty title="Nothing has happened in the last day" />
      </Panel>
    );
  return (
    <div className="columns">
      <Panel title="Decisions" note="In the last day, by bucket">
        <SeriesChart label="Bids accepted, refused and waiting over the last day" at={at} lines={decisions} isTime />
      </Panel>
      <Panel title="Welfare and revenue" note="Credits, in the last day, by bucket">
        <SeriesChart label="Welfare and revenue over the last day" at={at} lines={money} isTime />
      </Panel>
    </div>
  );
}

/** The buckets as a chart draws them. */
function linesOf(buckets: readonly Bucket[]) {
  const timed = buckets.filter(({ at }) => at !== null);
  return {
    at: timed.map(({ at }) => Date.parse(at ?? '') / 1000),
    decisions: [
      { name: 'accepted', values: timed.map(({ accepted }) => accepted) },
      { name: 'refused', values: timed.map(({ refused }) => refused) },
      { name: 'waiting', values: timed.map(({ queued }) => queued) },
    ],
    money: [
      { name: 'welfare', values: timed.map(({ welfare }) => Number(welfare)) },
      { name: 'revenue', values: timed.map(({ revenue }) => Number(revenue)) },
    ],
  };
}
