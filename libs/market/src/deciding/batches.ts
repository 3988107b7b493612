import type { Kinds } from '#kinds';
import { at } from '#units';
import type { OpenBook } from '../book/index.js';
import { BudgetTracker, type BudgetsSeen } from '../budgets/index.js';
import type { Clock } from '../clock/index.js';
import { mayTakeLong } from '../thinking/effort.js';
import { isChange } from '../lifecycle/change.js';
import type { RepairCommit } from '../lifecycle/repair-ports.js';
import { createThinker, type Thinker } from '../thinking/thinker.js';
import { Books } from './books.js';
import { decideBatch } from './decide-batch.js';
import { inTurns } from './in-turns.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { BatchRecord, DecidingStore, HeldMarket, LeaseClaim, LeasedMarket, Payer, QueuedBid, Wallet } from './ports.js';
import { FundsTracker } from './funds-tracker.js';

/** How much is decided together, and how long a worker may think. */
export interface DecideLimits extends LeaseClaim {
  /** The most bids that are written together. */
  readonly batchMax: number;
  /** No further bids are taken once so long has been thought, ms. */
  readonly thinkMs: number;
  /** Books kept in memory, cells of 16 bytes. */
  readonly bookCellsMax?: number;
}

/** 128 MB. */
const BOOK_CELLS_MAX = 8_388_608;

/**
 * `holds`: the lease is still ours. `more`: the backlog was longer than the batch. `conflicted`: nothing was written, decide again. `slow`: what
 * waits there takes long to think about, and was left alone. `change`: the next bid takes the place of an allocation, which is done with the market held.
 */
export type BatchOutcome =
  | { readonly kind: 'decided'; readonly count: number; readonly more: boolean; readonly holds: boolean }
  | { readonly kind: 'busy' | 'paused' | 'market_unknown' | 'conflicted' | 'slow' | 'change'; readonly holds: boolean };

/** How a batch is tried. */
export interface Attempt {
  /** The most bids of each market. */
  readonly limit: number;
  /** Whether leases are kept where more bids wait. */
  readonly mayKeep: boolean;
  /** Whether a market may be thought about for long: then it is the only one. */
  readonly mayTakeLong: boolean;
  readonly held?: HeldMarket;
}

/** What batches are made with. */
export interface BatchParts {
  readonly store: DecidingStore;
  /** With oracles for what is decided here and now. */
  readonly kinds: Kinds;
  /** For what takes long. */
  readonly thinker: Thinker;
  readonly limits: DecideLimits;
  readonly clock: Clock;
}

/** A market that is ours, with bids to decide. */
interface Ready extends Extract<LeasedMarket, { kind: 'ours' }> {
  readonly open: OpenBook;
  readonly isLong: boolean;
}

interface Drafted extends Ready {
  readonly record: BatchRecord;
  readonly priceVersion: bigint;
  readonly more: boolean;
  /** Whether the book is what the record says once that is written. */
  readonly isBookKept: boolean;
}

/** What bidders can pay, and what their budgets leave, where any of them has budgets. */
interface Purses {
  readonly wallets: readonly Wallet[];
  readonly budgets: BudgetsSeen | undefined;
}

interface Draft {
  readonly drafted: readonly Drafted[];
  readonly payers: readonly Payer[];
  /** What is written before it, of a bid that takes the place of an allocation. */
  readonly cancelled?: RepairCommit | undefined;
}

/** Reads, decides and writes a batch of each of some markets, with the books kept in between. */
export class Batches {
  private readonly books: Books;
  private readonly leases: LeaseKeeper;
  /** For what is decided here and now, by itself. */
  private readonly here: Thinker;

  constructor(private readonly parts: BatchParts) {
    const { store, thinker, limits, kinds, clock } = parts;
    this.here = createThinker(kinds, clock);
    this.books = new Books(store, thinker, limits.bookCellsMax ?? BOOK_CELLS_MAX);
    this.leases = new LeaseKeeper(store, limits);
  }

  /** 1. leases, backlogs and wallets, 2. the books as of then, 3. decide, 4. write. */
  async attempt(marketIds: readonly bigint[], attempt: Attempt): Promise<ReadonlyMap<bigint, BatchOutcome>> {
    const { markets, wallets } = await this.parts.store.leaseAndRead(marketIds, this.parts.limits, attempt.limit);
    const prepared = await Promise.all(markets.map((market) => this.prepare(market, attempt)));
    const outcomes = new Map<bigint, BatchOutcome>();
    markets.forEach(({ marketId }, index) => {
      const market = at(prepared, index);
      if (!('open' in market)) outcomes.set(marketId, market);
    });
    const ready = prepared.filter((market) => 'open' in market);
    if (ready.length === 0) return outcomes;
    const purses = attempt.held ? await attempt.held.lockWallets(biddersOf(ready)) : wallets;
    const draft = await this.draft(ready, { wallets: purses, budgets: await this.budgetsOf(ready, purses) }, attempt);
    for (const [marketId, outcome] of await this.write(draft, attempt)) outcomes.set(marketId, outcome);
    return outcomes;
  }

  private async prepare(market: LeasedMarket, attempt: Attempt): Promise<Ready | BatchOutcome> {
    if (market.kind !== 'ours') return { kind: market.kind, holds: false };
    const { head, bids } = market;
    if (head.status === 'paused') return { kind: 'paused', holds: true };
    if (bids.length === 0) return { kind: 'decided', count: 0, more: false, holds: true };
    const taken = await this.books.checkOut(head);
    if (taken === 'large' && !attempt.mayTakeLong) return { kind: 'slow', holds: true };
    const open = taken === 'large' ? await this.leases.during([market], () => this.books.build(head)) : taken;
    if (open === 'behind') return { kind: 'conflicted', holds: true };
    if (isBeingRepaired(open)) {
      this.books.checkIn(open);
      return { kind: 'busy', holds: true };
    }
    const next = upToChange(inTurns(bids, market.lastBidderId));
    const isLong = mayTakeLong(open.book, next, this.parts.kinds);
    const mustBeHeld = next.some(isChange) && !attempt.held;
    if (!mustBeHeld && (!isLong || attempt.mayTakeLong))
      return { ...market, bids: next, hasMore: market.hasMore || next.length < bids.length, open, isLong };
    this.books.checkIn(open);
    return { kind: mustBeHeld ? 'change' : 'slow', holds: true };
  }

  /** Read after the wallets, which say how often they have changed: what changes in between is found out as the batch is written. */
  private async budgetsOf(ready: readonly Ready[], wallets: readonly Wallet[]): Promise<BudgetsSeen | undefined> {
    const owners = wallets.filter(({ budgetChanges = 0n }) => budgetChanges > 0n).map(({ organisationId }) => organisationId);
    if (owners.length === 0) return undefined;
    const bids = ready.flatMap((market) => market.bids).filter(({ organisationId }) => owners.includes(organisationId));
    return this.parts.store.readBudgets({
      organisationIds: owners,
      marketIds: ready.map(({ marketId }) => marketId),
      bidIds: bids.map(({ bidId }) => bidId),
    });
  }

  private draft(ready: readonly Ready[], purses: Purses, attempt: Attempt): Draft | Promise<Draft> {
    const first = at(ready, 0);
    return first.isLong || first.bids.some(isChange) ? this.thinkAlone(first, purses, attempt) : this.think(ready, purses);
  }

  /** Each market may think for its share of the time, and for what those before it have left of theirs. */
  private think(ready: readonly Ready[], { wallets, budgets }: Purses): Draft {
    const { kinds, clock, limits } = this.parts;
    const funds = new FundsTracker(wallets, budgets && new BudgetTracker(budgets));
    const beganMs = clock.nowMs();
    const drafted = ready.map((market, index) => {
      const endMs = beganMs + (limits.thinkMs * (index + 1)) / ready.length;
      const draft = decideBatch({ ...market, funds, kinds, mayGoOn: () => clock.nowMs() < endMs });
      return { ...market, ...draft, more: isMore(market, draft.record), isBookKept: true };
    });
    return { drafted, payers: funds.payers() };
  }

  /** Its lease is renewed meanwhile. Where others are held up, no more than one bid is decided. */
  private async thinkAlone(market: Ready, purses: Purses, { held }: Attempt): Promise<Draft> {
    const { thinker, limits } = this.parts;
    const { open, epoch, bids, isLong } = market;
    const [bid] = bids.filter(isChange);
    const changed = bid && held && { live: await held.live(BigInt(bid.body.replaces.bidId)) };
    const task = { open, epoch, bids, ...purses, changed, thinkMs: held ? 0 : limits.thinkMs };
    const { payers, cancelled, ...draft } = await this.leases.during([market], () => (isLong ? thinker : this.here).decide(task));
    const isBookKept = !changed || cancelled !== undefined;
    return { drafted: [{ ...market, ...draft, more: isMore(market, draft.record), isBookKept }], payers, cancelled };
  }

  private async write({ drafted, payers, cancelled }: Draft, { mayKeep, held }: Attempt): Promise<Map<bigint, BatchOutcome>> {
    const { store, limits } = this.parts;
    const lease = mayKeep && drafted.some(({ more }) => more) ? 'keep' : 'release';
    const batches = drafted.map(({ record }) => record);
    const turn = { batches, payers, owner: limits.owner, lease } as const;
    const outcomes = cancelled && held ? [await held.recordChange(cancelled, turn)] : await (held ?? store).record(turn);
    return new Map(
      drafted.map(({ marketId, more, ...draft }, index): [bigint, BatchOutcome] => {
        if (outcomes[index] !== 'recorded') return [marketId, { kind: 'conflicted', holds: true }];
        if (draft.isBookKept) this.books.checkIn(bookAfter(draft));
        return [marketId, { kind: 'decided', count: draft.record.decided.length, more, holds: lease === 'keep' }];
      }),
    );
  }
}

/** Whom a window has hit are dealt with before anybody else buys (lifecycle/repair-markets.ts). */
const isBeingRepaired = ({ state }: OpenBook): boolean => state.windows?.some(({ isSettled }) => !isSettled) ?? false;

const isMore = ({ bids, hasMore }: Ready, { decided }: BatchRecord): boolean => hasMore || decided.length < bids.length;

/** Bids that are decided together: those before the next one that takes the place of an allocation, or that one by itself. */
function upToChange(bids: readonly QueuedBid[]): readonly QueuedBid[] {
  const at = bids.findIndex(isChange);
  return at === -1 ? bids : bids.slice(0, Math.max(1, at));
}

const biddersOf = (ready: readonly Ready[]): bigint[] => [
  ...new Set(ready.flatMap(({ bids }) => bids.map(({ organisationId }) => organisationId))),
];

function bookAfter({ open, record, priceVersion }: Pick<Drafted, 'open' | 'record' | 'priceVersion'>): OpenBook {
  const { book, state } = open;
  return { book, state: { ...state, priceVersion, head: { ...state.head, sequence: record.sequence } } };
}
