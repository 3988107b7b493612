import type { BidBody, Kinds } from '#kinds';
import type { Footprint, MarketSpec } from '#mechanism';
import { invariant, micros } from '#units';
import { type BookTerms, madeOfAfter, type OpenBook } from '../book/index.js';
import { marketAt, emptyTerms } from './as-of.js';
import { bidIn, type LiveAllocation, oldPriceOf } from './hits.js';
import type { LiveRow, MarketThen } from './repair-ports.js';

/** A stored plan as its kind reads it, with what it takes of the market. */
export function planOf(
  { state, spec }: { readonly spec: MarketSpec; readonly state: Pick<BookTerms, 'sites' | 'resources'> },
  kinds: Kinds,
  { bidId, body, plan: stored }: { readonly bidId: bigint; readonly body: BidBody; readonly plan: unknown },
): { readonly plan: unknown; readonly footprint: Footprint } {
  const { kind, job } = bidIn(kinds, { bidId, body }, state);
  const plan = kind.plan.read(stored);
  invariant(plan !== undefined, `the plan of bid ${bidId} was stored by a program that knows its kind`);
  return { plan, footprint: kind.oracle.footprintOf(spec, job, plan) };
}

/** An allocation out of what is stored of it. */
export function liveOf(open: OpenBook, kinds: Kinds, row: LiveRow): LiveAllocation {
  const { bidId, body, plans } = row;
  const read = plans.map(({ plan, ...rest }) => ({
    ...rest,
    ...planOf({ state: open.state, spec: open.book.spec }, kinds, { bidId, body, plan }),
  }));
  const current = read.at(-1);
  invariant(current !== undefined, 'an allocation has a plan');
  return {
    bidId,
    sequence: row.sequence,
    body,
    arrivalSlot: row.arrivalSlot,
    promised: row.promised,
    payment: micros(row.paymentMicros),
    earlier: read.slice(0, -1).map(({ plan }, index) => ({ plan, until: read[index + 1]?.from ?? 0 })),
    current: { revision: read.length - 1, plan: current.plan, completion: current.completion, footprint: current.footprint },
    standing: {
      bidId,
      bidderId: row.organisationId,
      operatorId: open.state.operatorId,
      planned: new Map(row.planned.map(({ slot, amountMicros }) => [slot, micros(amountMicros)])),
      retained: micros(row.retainedMicros),
    },
    returned: micros(row.returnedMicros),
    charges: row.charges,
  };
}

/** What a bid's menu asked for being done by a slot, from what is stored of the market before its decision. */
export function oldPriceIn(
  open: OpenBook,
  hit: LiveAllocation,
  { then, kinds, completion }: { readonly then: MarketThen; readonly kinds: Kinds; readonly completion: number },
) {
  const terms = then.events.reduce(madeOfAfter, emptyTerms(then.market));
  const plans = then.plans.map(({ body, plan, since, until }) => ({
    since,
    until,
    footprint: planOf({ state: open.state, spec: open.book.spec }, kinds, { bidId: hit.bidId, body, plan }).footprint,
  }));
  const { marketId, clock } = open.state.head;
  const asOf = marketAt(terms, plans, { marketId, clock, sequence: hit.sequence, arrivalSlot: hit.arrivalSlot });
  return oldPriceOf(asOf, hit, { completion, kinds });
}
