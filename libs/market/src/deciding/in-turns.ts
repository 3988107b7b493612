import { at } from '#units';
import type { QueuedBid } from './ports.js';

/**
 * The order in which bids of a market are decided: bidders take turns, a bid each, by the ids of their organisations and around, beginning after the one
 * whose bid was decided last. A bidder's own bids follow each other by id. So nobody waits longer for the next bid than all others take for one each,
 * however many bids they have. It depends on the bids and on the market's log alone: no clock, no memory of a process.
 * @param bids in any order. @param lastBidderId whose bid was decided last in this market; 0: nobody's.
 */
export function inTurns(bids: readonly QueuedBid[], lastBidderId: bigint): QueuedBid[] {
  const queues = new Map<bigint, QueuedBid[]>();
  for (const bid of [...bids].sort((a, b) => compare(a.bidId, b.bidId))) {
    const queue = queues.get(bid.organisationId);
    if (queue) queue.push(bid);
    else queues.set(bid.organisationId, [bid]);
  }
  const seats = [...queues].sort(([a], [b]) => Number(a <= lastBidderId) - Number(b <= lastBidderId) || compare(a, b));
  const ordered: QueuedBid[] = [];
  let waiting = seats.map(([, queue]) => queue);
  for (let round = 0; waiting.length > 0; round++) {
    for (const queue of waiting) ordered.push(at(queue, round));
    waiting = waiting.filter((queue) => queue.length > round + 1);
  }
  return ordered;
}

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : Number(one > other));
