import type { Kinds } from '#kinds';
import { openBook, type MarketRows, type OpenBook, stateOf } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import type { Caller } from '../tenancy/index.js';
import { type Cancellation, cancellationCommit, cancellationOf } from './cancel.js';
import type { LiveAllocation } from './hits.js';
import { liveOf } from './live.js';
import type { LiveRow, RepairCommit } from './repair-ports.js';

/** For how long a quote for cancelling stands at most, ms. */
export const CANCELLATION_QUOTE_MS = 300_000;

/** A bidder's allocation with its market, as of one moment. */
export interface SeenAllocation {
  readonly rows: MarketRows;
  /** Undefined where nothing of it is to run any more. */
  readonly live: LiveRow | undefined;
  /** How it ended before its time, where it did. */
  readonly ended: 'cancelled' | 'failed' | undefined;
  /** Whether those are being dealt with whom a window has hit. */
  readonly isBeingRepaired: boolean;
}

/** What cancelling needs of the database. */
export interface CancellationStore {
  /** An organisation's own allocation; undefined where it has no such one. */
  find(organisationId: bigint, bidId: bigint): Promise<SeenAllocation | undefined>;
  /** Runs `work` while the log of the allocation's market stands still. What it records is written when it ends, and nothing of it where it fails. */
  held<T>(
    organisationId: bigint,
    bidId: bigint,
    work: (seen: SeenAllocation | undefined, record: (commit: RepairCommit) => Promise<void>) => Promise<T>,
  ): Promise<T>;
}

/** What a quote for cancelling binds to. */
export interface CancellationTerms {
  readonly slot: number;
  readonly returnedMicros: bigint;
  readonly expiresMs: number;
}

/** A quote for cancelling. */
export interface CancellationQuote extends Cancellation {
  readonly bidId: bigint;
  readonly priceVersion: bigint;
  readonly expiresMs: number;
}

type Closed = { readonly kind: 'not_found' | 'repairs_under_way' } | { readonly kind: 'allocation_over'; readonly detail: string };

/** In order of precedence. */
export type QuoteCancellationOutcome = Closed | { readonly kind: 'quoted'; readonly quote: CancellationQuote };

/** In order of precedence. */
export type CancelOutcome =
  | Closed
  | { readonly kind: 'quote_expired' }
  | { readonly kind: 'outdated'; readonly detail: string; readonly quote: CancellationQuote }
  | { readonly kind: 'cancelled'; readonly bidId: bigint; readonly sequence: bigint; readonly cancellation: Cancellation };

/** Whose allocation it is. */
export interface AllocationRequest {
  readonly caller: Caller;
  readonly bidId: bigint;
}

interface Ready {
  readonly kind: 'ready';
  readonly open: OpenBook;
  readonly allocation: LiveAllocation;
}

function readyOf(seen: SeenAllocation | undefined, kinds: Kinds): Ready | Closed {
  if (!seen) return { kind: 'not_found' };
  const { rows, live, ended, isBeingRepaired } = seen;
  if (ended) return { kind: 'allocation_over', detail: `It has ${ended === 'cancelled' ? 'been cancelled' : 'failed'} before.` };
  if (!live) return { kind: 'allocation_over', detail: 'It is completed: all of its slots have run.' };
  if (isBeingRepaired) return { kind: 'repairs_under_way' };
  const open = openBook(stateOf(rows));
  return { kind: 'ready', open, allocation: liveOf(open, kinds, live) };
}

/** What cancelling an allocation would bring back now. Reserves nothing. */
export class QuoteCancellation {
  constructor(
    private readonly store: CancellationStore,
    private readonly kinds: Kinds,
    private readonly clock: Clock,
  ) {}

  async run({ caller, bidId }: AllocationRequest): Promise<QuoteCancellationOutcome> {
    const ready = readyOf(await this.store.find(caller.organisationId, bidId), this.kinds);
    if (ready.kind !== 'ready') return ready;
    const { open, allocation } = ready;
    return { kind: 'quoted', quote: quoteOf(open, bidId, { ...cancellationOf(open, allocation), nowMs: this.clock.nowMs() }) };
  }
}

function quoteOf(
  { state }: OpenBook,
  bidId: bigint,
  { nowMs, ...cancellation }: Cancellation & { readonly nowMs: number },
): CancellationQuote {
  return { ...cancellation, bidId, priceVersion: state.priceVersion, expiresMs: nowMs + CANCELLATION_QUOTE_MS };
}

/**
 * Cancels an allocation as a quote says, as the next entry of its market's log, while that stands still; or not at all: where the quote is too old,
 * where cancelling would come to anything else now, or where there is nothing to cancel any more. So a quote is used once.
 */
export class CancelAllocation {
  constructor(
    private readonly store: CancellationStore,
    private readonly kinds: Kinds,
    private readonly clock: Clock,
  ) {}

  run({ caller, bidId, quote }: AllocationRequest & { readonly quote: CancellationTerms }): Promise<CancelOutcome> {
    return this.store.held(caller.organisationId, bidId, async (seen, record) => {
      const ready = readyOf(seen, this.kinds);
      if (ready.kind !== 'ready') return ready;
      const nowMs = this.clock.nowMs();
      if (nowMs > quote.expiresMs) return { kind: 'quote_expired' };
      const { open, allocation } = ready;
      const cancellation = cancellationOf(open, allocation);
      if (cancellation.slot !== quote.slot || cancellation.returned !== quote.returnedMicros)
        return { kind: 'outdated', ...outdated(cancellation, quote), quote: quoteOf(open, bidId, { ...cancellation, nowMs }) };
      await record(cancellationCommit(open, allocation, cancellation));
      return { kind: 'cancelled', bidId, sequence: open.state.head.sequence + 1n, cancellation };
    });
  }
}

const outdated = ({ slot }: Cancellation, quote: CancellationTerms): { readonly detail: string } => ({
  detail:
    slot === quote.slot
      ? 'What comes back is another amount now: prices have moved.'
      : `The quote was for slot ${quote.slot}; the market is in slot ${slot} now.`,
});
