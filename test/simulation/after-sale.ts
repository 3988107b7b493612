import type { Standing } from '#ledger';
import {
  type CapacityWindow,
  covers,
  leftOf,
  type LiveRow,
  madeOfAfter,
  type MarketThen,
  type SoldPlanRow,
  saleIn,
  stockOf,
} from '#market';
import { slotAmount } from '#ledger';
import { micros } from '#units';
import type { BidBody } from '#kinds';
import type { Database, StoredDecision, StoredMarket } from './database.js';

/** The windows of a market as its log leaves them. */
export const windowsIn = ({ events, terms, sites }: StoredMarket): readonly CapacityWindow[] =>
  events
    .map(({ event }) => event)
    .filter(({ kind }) => kind === 'window_opened' || kind === 'window_settled' || kind === 'window_closed')
    .reduce(madeOfAfter, { ...terms, sites, windows: [] as readonly CapacityWindow[] }).windows;

/** Whether those are being dealt with whom a window has hit. */
export const isBeingRepaired = (market: StoredMarket): boolean => windowsIn(market).some(({ isSettled }) => !isSettled);

/** What a slot has in all, beside what is sold of it: what the market has of its own, less what is withdrawn. */
export function stockIn(
  market: StoredMarket,
  slot: number,
  { usedMilli, capacityMilli }: { readonly usedMilli: readonly number[]; readonly capacityMilli: readonly number[] },
): readonly number[] {
  const windows = windowsIn(market);
  if (!windows.some((window) => covers(window, slot))) return capacityMilli;
  return stockOf(leftOf(capacityMilli, windows, slot, market.terms), usedMilli);
}

interface Version {
  readonly plan: unknown;
  readonly from: number;
  readonly completion: number;
  /** The entry that sold it. */
  readonly since: bigint;
  readonly placements: readonly { readonly slot: number; readonly amountMicros: bigint }[];
}

/** The plans of an accepted bid, in the order of their revisions. */
function versionsOf(market: StoredMarket, decided: StoredDecision): Version[] {
  const { decision, sequence, bidId } = decided;
  const sale = saleIn(decided);
  if (decision.kind !== 'accepted' || !sale) return [];
  const placements = decision.footprint.map(({ slot }) => ({ slot, amountMicros: slotAmount(sale, slot) }));
  const sold: Version = { plan: decision.plan, from: 0, completion: decision.completion, since: sequence, placements };
  const revised = market.hits.flatMap((hit): Version[] =>
    hit.bidId === bidId && hit.revision ? [{ ...hit.revision, from: hit.revision.fromSlot, since: hit.sequence }] : [],
  );
  return [sold, ...revised];
}

const acceptedIn = ({ decisions }: Database, { marketId }: StoredMarket): StoredDecision[] =>
  decisions
    .filter((decided) => decided.marketId === marketId && decided.decision.kind === 'accepted')
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1));

const bodyOf = ({ bids }: Database, bidId: bigint): BidBody => JSON.parse(bids.get(bidId)?.body ?? '{}') as BidBody;

/** The entry that ended an allocation before its time, where one did. */
export const endOf = ({ hits }: StoredMarket, bidId: bigint) => hits.find((hit) => hit.bidId === bidId && hit.ending !== undefined);

/** Allocations with slots to come, in the order of their decisions. */
export function liveRowsOf(database: Database, market: StoredMarket): LiveRow[] {
  return acceptedIn(database, market).flatMap((decided) => {
    const { bidId, wallet, sequence, arrivalSlot, decision } = decided;
    const versions = versionsOf(market, decided);
    const planned = versions.at(-1)?.placements.filter(({ slot }) => slot >= market.slot) ?? [];
    if (decision.kind !== 'accepted' || planned.length === 0 || endOf(market, bidId)) return [];
    const moved = (...kinds: readonly string[]): bigint =>
      database.transfers.reduce(
        (sum, { transfer }) =>
          'bidId' in transfer && transfer.bidId === bidId && kinds.includes(transfer.kind) ? sum + transfer.amount : sum,
        0n,
      );
    const row: LiveRow = {
      ...{ bidId, sequence, arrivalSlot, planned, organisationId: wallet.organisationId, body: bodyOf(database, bidId) },
      promised: decision.completion,
      paymentMicros: decision.payment,
      plans: versions.map(({ plan, from, completion }) => ({ plan, from, completion })),
      retainedMicros: moved('retain') - moved('refund'),
      returnedMicros: moved('void', 'refund'),
      charges: [],
    };
    return [row];
  });
}

/** What is owed of an allocation. */
export const standingIn = ({ operatorId }: StoredMarket, { bidId, organisationId, planned, retainedMicros }: LiveRow): Standing => ({
  bidId,
  bidderId: organisationId,
  operatorId,
  planned: new Map(planned.map(({ slot, amountMicros }) => [slot, micros(amountMicros)])),
  retained: micros(retainedMicros),
});

const CHANGES = ['market_opened', 'terms_changed', 'site_added', 'capacity_changed', 'window_opened', 'window_settled', 'window_closed'];

/** What a market was before an entry. */
export function marketThen(database: Database, market: StoredMarket, sequence: bigint): MarketThen {
  const plans = acceptedIn(database, market).flatMap((decided): SoldPlanRow[] => {
    const versions = versionsOf(market, decided);
    const ended = endOf(market, decided.bidId)?.sequence;
    return versions.map(({ plan, since }, index) => ({
      body: bodyOf(database, decided.bidId),
      plan,
      since,
      until: versions[index + 1]?.since ?? ended,
    }));
  });
  const { operatorId, terms } = market;
  const before = market.events.filter((event) => event.sequence < sequence && CHANGES.includes(event.event.kind));
  return {
    market: { ...terms, operatorId, sites: [] },
    events: before.map(({ event }) => event),
    plans: plans.filter(({ since }) => since < sequence),
  };
}
