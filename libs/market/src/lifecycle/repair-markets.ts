import type { Kinds } from '#kinds';
import type { LogEvent } from '#log';
import { capacityOf, usageOf } from '#mechanism';
import { openBook, type OpenBook, stateOf } from '../book/index.js';
import { givenBack, netCharges } from '../budgets/index.js';
import type { Clock } from '../clock/index.js';
import { type OnMarketFailed, Rests } from '../rounds/index.js';
import { dealWith, findPlan, HitScan, type HitOutcome, isLate, type LiveAllocation } from './hits.js';
import { liveOf, oldPriceIn } from './live.js';
import type { HitMarket, HitRecord, OpenWindowRow, RepairStore } from './repair-ports.js';

/** Hits that are dealt with in one statement at most, and for how long they are thought about before they are written, ms. */
const BATCH_MAX = 64;
const THINK_MS = 250;

/** Told of markets where nobody is left to be dealt with. */
export type OnSettled = (marketId: bigint) => void;

interface Draft {
  readonly records: readonly HitRecord[];
  readonly slots: ReadonlySet<number>;
}

/**
 * Deals with those whom withdrawn capacity has hit, market by market, before anybody else buys there: first those who were decided first. Each is one
 * entry of the market's log, and some are written together by one statement that asks whether the log stands where it was read; where it
 * doesn't, they are thought about again. What follows of the log alone is the same for whoever does it, so that it may be killed, or done twice, at any step.
 */
export class RepairMarkets {
  private readonly rests: Rests;

  constructor(
    private readonly store: RepairStore,
    private readonly kinds: Kinds,
    private readonly clock: Clock,
    private readonly onSettled: OnSettled,
    onFailed?: OnMarketFailed,
  ) {
    this.rests = new Rests(onFailed);
  }

  /** @returns how many markets were settled. */
  async run(): Promise<number> {
    const due = await this.store.due();
    this.rests.keepOnly(new Set(due));
    let settled = 0;
    for (const marketId of due) {
      const nowMs = this.clock.nowMs();
      if (this.rests.isResting(marketId, nowMs)) continue;
      if (await this.rests.attempt(marketId, nowMs, () => this.settle(marketId))) settled += 1;
    }
    return settled;
  }

  /** Until nobody is left to be dealt with. */
  private async settle(marketId: bigint): Promise<boolean> {
    for (let market = await this.store.load(marketId); market; market = await this.store.load(marketId)) await this.batch(market);
    this.onSettled(marketId);
    return true;
  }

  private async batch(market: HitMarket): Promise<void> {
    const open = openBook(stateOf(market.rows));
    const { marketId, sequence: before } = open.state.head;
    const { records, slots } = await this.draft(open, market);
    const usage = [...slots]
      .sort((a, b) => a - b)
      .map((slot) => ({ slot, usedMilli: usageOf(open.book, slot), capacityMilli: capacityOf(open.book, slot) }));
    await this.store.record({ marketId, before, records, usage });
  }

  private async draft(open: OpenBook, { window, live: rows }: HitMarket): Promise<Draft> {
    const scan = new HitScan(
      open,
      rows.map((row) => liveOf(open, this.kinds, row)),
    );
    const records: HitRecord[] = [];
    const slots = new Set<number>();
    const endMs = this.clock.nowMs() + THINK_MS;
    let sequence = open.state.head.sequence;
    while (records.length === 0 || (records.length < BATCH_MAX && this.clock.nowMs() < endMs)) {
      const hit = scan.next();
      sequence += 1n;
      if (!hit) {
        records.push(settledRecord(window, sequence));
        break;
      }
      const outcome = await dealWithNext({ store: this.store, kinds: this.kinds }, open, hit);
      for (const slot of outcome.slots) slots.add(slot);
      records.push(recordOf({ open, hit, outcome, window, kinds: this.kinds }, sequence));
      scan.dealt(outcome.after);
    }
    return { records, slots };
  }
}

/** Finds out what becomes of an allocation that was hit, with the price of its old menu where that matters. The book is changed. */
export async function dealWithNext(
  { store, kinds }: { readonly store: Pick<RepairStore, 'then'>; readonly kinds: Kinds },
  open: OpenBook,
  hit: LiveAllocation,
): Promise<HitOutcome> {
  const found = findPlan(open, hit, kinds);
  if (!found || found.completion <= hit.promised || (isLate(hit, found) && hit.body.onFailure === 'refund'))
    return dealWith(open, hit, found, undefined);
  const { head } = open.state;
  const then = await store.then(head.marketId, hit.sequence, hit.arrivalSlot - 1);
  return dealWith(open, hit, found, oldPriceIn(open, hit, { then, kinds, completion: found.completion }));
}

/** An allocation that has taken less of budgets: what came back of it they have back. */
export const lessOf = (after: LiveAllocation, { returned }: Pick<HitOutcome, 'returned'>): LiveAllocation =>
  after.charges.length === 0 ? after : { ...after, charges: netCharges([...after.charges, ...givenBack(after.charges, returned)]) };

const settledRecord = ({ windowId }: OpenWindowRow, sequence: bigint): HitRecord => ({
  sequence,
  organisationId: null,
  bidId: null,
  event: { kind: 'window_settled', payload: { windowId } },
  movements: [],
});

/** A hit that was dealt with, and on what. */
export interface DealtHit {
  readonly open: OpenBook;
  readonly hit: LiveAllocation;
  readonly outcome: HitOutcome;
  readonly window: OpenWindowRow;
  readonly kinds: Kinds;
}

/** What a hit writes. */
export function recordOf({ open, hit, outcome, window, kinds }: DealtHit, sequence: bigint): HitRecord {
  const { slot } = open.state.head;
  const { bidId } = hit;
  const { kind, after, settlement, returned } = outcome;
  const told = { bidId, ...window, slot, returnedMicros: returned };
  const charges = givenBack(hit.charges, returned);
  const common = { sequence, organisationId: hit.standing.bidderId, bidId, movements: settlement.movements, charges };
  if (kind !== 'repaired' || !after)
    return {
      ...common,
      event: { kind: kind === 'left' ? 'allocation_left' : 'allocation_failed', payload: told },
      ending: { ending: kind === 'left' ? 'cancelled' : 'failed', slot },
    };
  const { revision, completion, plan } = after.current;
  const event: LogEvent<'allocation_repaired'> = { kind: 'allocation_repaired', payload: { ...told, revision, completion } };
  const placements = [...settlement.standing.planned].map(([at, amountMicros]) => ({ slot: at, amountMicros }));
  return { ...common, event, revision: { revision, fromSlot: slot, completion, plan: kinds.of(hit.body).plan.write(plan), placements } };
}
