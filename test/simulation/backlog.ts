import type { BidBody } from '#kinds';
import type { BatchRecord, QueuedBid } from '#market';
import { invariant } from '#units';
import { sharesOf } from '../support/fair-turns.js';
import type { Database, Session, StoredMarket } from './database.js';

/** What is read of a market's backlog. */
export interface Backlog {
  readonly bids: readonly QueuedBid[];
  readonly hasMore: boolean;
  readonly lastBidderId: bigint;
}

/** What a worker is to decide next, as Postgres reads it; remembers what it saw, for the laws. */
export function readBacklog(database: Database, marketId: bigint, { owner, limit }: { owner: string; limit: number }): Backlog {
  const market = database.market(marketId);
  const waiting = [...market.undecided].map((bidId) => queuedOf(database, bidId));
  market.seen.set(owner, waiting);
  const lastBidderId = lastBidderOf(database, market);
  return { bids: sharesOf(waiting, { limit, lastBidderId }), hasMore: waiting.length > limit, lastBidderId };
}

function queuedOf({ bids }: Database, bidId: bigint): QueuedBid {
  const bid = bids.get(bidId);
  invariant(bid !== undefined, 'what waits is stored');
  return { bidId, organisationId: bid.organisationId, body: JSON.parse(bid.body) as BidBody };
}

function lastBidderOf({ sabotage, decisions }: Database, { marketId }: StoredMarket): bigint {
  if (sabotage === 'forgets whose turn it was') return 0n;
  return decisions.findLast((decision) => decision.marketId === marketId)?.wallet.organisationId ?? 0n;
}

/** Holds a batch against the laws of turns, once it is committed. */
export function noteTurns(
  database: Database,
  session: Session,
  { marketId, decided, owner }: BatchRecord & { readonly owner: string },
): void {
  const market = database.market(marketId);
  const waiting = market.seen.get(owner) ?? [];
  const bids = decided.map(({ bidId, wallet }) => ({ bidId, organisationId: wallet.organisationId }));
  session.staged.push(() => void market.turnProblems.push(...market.turns.note(waiting, bids)));
}
