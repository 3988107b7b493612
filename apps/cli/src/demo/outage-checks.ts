import type { InstanceJob } from '#lab';
import { valueAt } from '#mechanism';
import { at, formatMicros } from '#units';
import { amountOf, sumOf } from '../ledger-faults.js';
import type { Bidding } from './bidding.js';
import type { Check } from './check.js';
import type { Outage } from './outage.js';
import type { Allocation } from './replay.js';

/** What is held of an outage once every slot has run. */
export interface OutageInput {
  readonly outage: Outage;
  readonly bidding: Bidding;
  /** Every allocation, by the id of its bid, once every slot has run. */
  readonly ended: ReadonlyMap<string, Allocation>;
}

/** What must hold of an outage and of what became of everybody afterwards. */
export function outageChecks(input: OutageInput): Check[] {
  const { outage, ended } = input;
  const { hits } = outage.window;
  const slots = [...ended.values()].flatMap((allocation) => allocation.slots);
  return [
    {
      name: 'the outage did what its preview said',
      detail: `${outage.preview.hits.length} hit: ${hits.repaired} repaired, ${hits.left} left, ${hits.failed} failed`,
      faults: previewFaults(outage),
    },
    { name: `nothing runs on ${outage.wish.site} any more`, detail: `${ended.size} allocations`, faults: placeFaults(input) },
    {
      name: 'every slot has run once or is void',
      detail: `${slots.filter(({ state }) => state === 'delivered').length} of ${slots.length} have run`,
      faults: slotFaults(ended),
    },
    {
      name: 'nobody gained by the outage',
      detail: `${outage.preview.hits.length} hit: value less payment is at most what it was; who has nothing pays nothing`,
      faults: payoffFaults(input),
    },
  ];
}

function previewFaults({ preview, window, after }: Outage): string[] {
  const counted = { repaired: 0, left: 0, failed: 0 };
  for (const { outcome } of preview.hits) counted[outcome] += 1;
  const counts = (['repaired', 'left', 'failed'] as const).flatMap((outcome) =>
    counted[outcome] === window.hits[outcome] ? [] : [`${counted[outcome]} were to be ${outcome}, ${window.hits[outcome]} were`],
  );
  const wrong = preview.hits.flatMap(({ bidId, completion, returned }, index) => {
    const { slots, returned: back } = at(after, index);
    const done = lastSlotOf(slots);
    const isSame = amountOf(returned) === amountOf(back) && (completion ?? undefined) === done;
    return isSame ? [] : [`bid ${bidId} was to be done in slot ${completion ?? 'none'} with ${returned} back: ${done ?? 'none'}, ${back}`];
  });
  return [...counts, ...wrong];
}

/** The last slot that is to run; undefined where none is. */
const lastSlotOf = (slots: Allocation['slots']): number | undefined =>
  slots
    .filter(({ state }) => state === 'planned')
    .map(({ slot }) => slot)
    .reduce<number | undefined>((last, slot) => Math.max(last ?? slot, slot), undefined);

/** Slots from the outage on in which a plan that was completed uses its site. */
function placeFaults({ outage: { wish, siteId }, ended }: OutageInput): string[] {
  return [...ended.values()].flatMap(({ bidId, state, schedule }) =>
    state === 'completed'
      ? schedule
          .filter(({ slot, workers, ps }) => slot >= wish.slot && (ps === siteId || (workers[siteId] ?? 0) > 0))
          .map(({ slot }) => `bid ${bidId} uses ${wish.site} in slot ${slot}`)
      : [],
  );
}

function slotFaults(ended: ReadonlyMap<string, Allocation>): string[] {
  return [...ended.values()].flatMap(({ bidId, state, slots }) => {
    const delivered = slots.filter((slot) => slot.state === 'delivered').map(({ slot }) => slot);
    const planned = slots.filter((slot) => slot.state === 'planned');
    return [
      ...(planned.length > 0 ? [`bid ${bidId}: ${planned.length} slots are still to run`] : []),
      ...(new Set(delivered).size === delivered.length ? [] : [`bid ${bidId}: a slot has run twice`]),
      ...(state === 'completed' || state === 'failed' || state === 'cancelled' ? [] : [`bid ${bidId} is ${state}`]),
    ];
  });
}

/** What a job was worth in the end, when every slot has run. Micro-credits. */
export function worthOf(job: InstanceJob, { state, slots }: Pick<Allocation, 'state' | 'slots'>): bigint {
  if (state !== 'completed') return 0n;
  const completion = Math.max(...slots.filter((slot) => slot.state === 'delivered').map(({ slot }) => slot));
  return valueAt(job.valuation, completion - job.arrival);
}

function payoffFaults({ outage, bidding, ended }: OutageInput): string[] {
  const hit = new Set(outage.preview.hits.map(({ bidId }) => bidId));
  return bidding.decided.flatMap(({ job, bid }) => {
    const allocation = ended.get(bid.id);
    if (!allocation || !hit.has(bid.id)) return [];
    const paid = amountOf(allocation.payment) - amountOf(allocation.returned);
    const payoff = worthOf(job, allocation) - paid;
    const bought = amountOf(bid.decision?.value ?? '0') - amountOf(allocation.payment);
    return paid >= 0n && payoff <= bought && (allocation.state === 'completed' || paid === 0n)
      ? []
      : [`${job.id}: value less payment was ${formatMicros(bought)} as bought, is ${formatMicros(payoff)}`];
  });
}

/** What came back of all allocations. Micro-credits. */
export const returnedOf = (allocations: Iterable<Allocation>): bigint => sumOf([...allocations].map(({ returned }) => amountOf(returned)));
