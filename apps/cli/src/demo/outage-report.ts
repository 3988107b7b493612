import { at, formatMicros } from '#units';
import { amountOf } from '../ledger-faults.js';
import type { Bidding } from './bidding.js';
import { returnedOf, worthOf } from './outage-checks.js';
import type { Outage } from './outage.js';
import type { Allocation } from './replay.js';
import { credits, table } from './report.js';

/** An outage as it is told. */
interface ToldOutage {
  readonly outage: Outage;
  readonly bidding: Bidding;
  /** By the ids of their bids, once every slot has run. */
  readonly ended: ReadonlyMap<string, Allocation>;
  /** What the instance calls the sites, by their ids. */
  readonly siteNames: ReadonlyMap<string, string>;
}

const HEAD = ['job', 'bidder', 'was to be done', 'answer', 'done in', 'paid', 'came back', 'where its workers go, slots each'];

/** Who was hit, where they went, and what came back. */
export function outageLines(told: ToldOutage): string[] {
  const { outage, bidding, ended } = told;
  const { wish, window } = outage;
  const { repaired, left, failed } = window.hits;
  const hits = hitsOf(told);
  const worth = bidding.decided.reduce((sum, { job, bid }) => sum + worthIn(ended, bid.id, job), 0n);
  const paid = [...ended.values()].reduce((sum, { payment }) => sum + amountOf(payment), 0n) - returnedOf(ended.values());
  return [
    `outage of ${wish.site} in slot ${wish.slot}, for good`,
    ...(hits.length > 0 ? table([HEAD, ...hits.map(rowOf)]) : [`nobody had anything there that had not run: ${ranBefore(told)}`]),
    `hit        ${hits.length}: ${repaired} repaired (${hits.filter(({ isOnTime }) => isOnTime).length} on time), ${left} left, ${failed} failed`,
    `came back  ${credits(amountOf(window.returned))} credits`,
    `in the end ${credits(worth)} credits of value, ${credits(paid)} of revenue`,
  ];
}

/** In which slots anything ran there before. */
function ranBefore({ outage: { wish, siteId }, ended }: ToldOutage): string {
  const ran = [...ended.values()].flatMap(({ lines }) => lines.filter((line) => line.siteId === siteId && line.slot <= wish.slot));
  const slots = [...new Set(ran.map(({ slot }) => slot))].sort((a, b) => a - b);
  return slots.length > 0 ? `it had work in slots ${slots.join(', ')}` : 'it had no work before either';
}

const worthIn = (ended: ToldOutage['ended'], bidId: string, job: Bidding['decided'][number]['job']): bigint => {
  const allocation = ended.get(bidId);
  return allocation ? worthOf(job, allocation) : 0n;
};

interface ToldHit {
  readonly job: string;
  readonly bidder: string;
  readonly promised: number;
  readonly outcome: 'repaired' | 'left' | 'failed';
  readonly completion: number | null;
  readonly isOnTime: boolean;
  /** Slots of workers from the outage on, by the names of their sites. */
  readonly workers: Readonly<Record<string, number>>;
  readonly payment: string;
  readonly returned: string;
}

function hitsOf({ outage: { preview, after, wish }, bidding, siteNames }: ToldOutage): ToldHit[] {
  const byBid = new Map(bidding.decided.map((decided) => [decided.bid.id, decided]));
  return preview.hits.map(({ bidId, outcome, promised, completion, returned }, index) => {
    const { schedule, payment } = at(after, index);
    const workers: Record<string, number> = {};
    if (outcome === 'repaired')
      for (const [siteId, count] of schedule.filter(({ slot }) => slot >= wish.slot).flatMap((slot) => Object.entries(slot.workers))) {
        const name = siteNames.get(siteId) ?? siteId;
        workers[name] = (workers[name] ?? 0) + count;
      }
    const { job, bidder } = byBid.get(bidId) ?? {};
    const isOnTime = completion !== null && completion <= promised;
    return { job: job?.id ?? bidId, bidder: bidder?.name ?? '', promised, outcome, completion, isOnTime, workers, payment, returned };
  });
}

const rowOf = ({ job, bidder, promised, outcome, completion, workers, payment, returned }: ToldHit): string[] => [
  job,
  bidder,
  `${promised}`,
  outcome,
  `${completion ?? ''}`,
  credits(amountOf(payment)),
  credits(amountOf(returned)),
  Object.entries(workers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([site, count]) => `${site} ${count}`)
    .join(', '),
];

/** The same for programs. */
export function outageResult(told: ToldOutage): Record<string, unknown> {
  const { outage, ended } = told;
  return {
    ...outage.wish,
    hits: hitsOf(told),
    counts: outage.window.hits,
    returned: outage.window.returned,
    returnedInAll: formatMicros(returnedOf(ended.values())),
  };
}
