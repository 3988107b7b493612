/** Whose bid it is. */
export interface Queued {
  readonly bidId: bigint;
  readonly organisationId: bigint;
}

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : Number(one > other));

function byBidder(bids: readonly Queued[]): Map<bigint, Queued[]> {
  const queues = new Map<bigint, Queued[]>();
  for (const bid of [...bids].sort((a, b) => compare(a.bidId, b.bidId)))
    queues.set(bid.organisationId, [...(queues.get(bid.organisationId) ?? []), bid]);
  return queues;
}

/**
 * What a store is to read of a backlog, said plainly: bidders from the one after the last on and around, no more than bids are asked for; an equal share
 * for each; what those leave who have fewer, shared once more by the others. By id.
 */
export function sharesOf<Bid extends Queued>(
  backlog: readonly Bid[],
  { limit, lastBidderId }: { limit: number; lastBidderId: bigint },
): Bid[] {
  const sorted = [...backlog].sort((a, b) => compare(a.bidId, b.bidId));
  if (backlog.length <= limit) return sorted;
  const queues = byBidder(backlog);
  const ids = [...queues.keys()].sort(compare);
  const seats = [...ids.filter((id) => id > lastBidderId), ...ids.filter((id) => id <= lastBidderId)].slice(0, limit);
  const share = Math.floor(limit / seats.length);
  const lengths = new Map(seats.map((id) => [id, Math.min(share, queues.get(id)?.length ?? 0)]));
  const left = limit - [...lengths.values()].reduce((sum, length) => sum + length, 0);
  const hungry = seats.filter((id) => lengths.get(id) === share);
  const chosen = new Set(
    seats.flatMap((id) => {
      const more = hungry.includes(id) ? Math.floor(left / hungry.length) : 0;
      return (queues.get(id) ?? []).slice(0, (lengths.get(id) ?? 0) + more).map(({ bidId }) => bidId);
    }),
  );
  return sorted.filter(({ bidId }) => chosen.has(bidId));
}

/** The laws of turns in one market, batch after batch: a bidder's bids in their order, and nobody twice while somebody else waits. */
export class FairTurns {
  /** Of each bidder that waits: who has had a bid decided since its own last one. */
  private readonly passedBy = new Map<bigint, Set<bigint>>();

  /**
   * A batch was decided.
   * @param waiting what was undecided when it was read, in any order. @param decided the bids of the batch, as they were decided.
   * @returns the laws that it breaks.
   */
  note(waiting: readonly Queued[], decided: readonly Queued[]): string[] {
    const broken: string[] = [];
    const queues = byBidder(waiting);
    for (const id of this.passedBy.keys()) if (!queues.has(id)) this.passedBy.delete(id);
    for (const { bidId, organisationId } of decided) {
      const first = queues.get(organisationId)?.shift();
      if (first?.bidId !== bidId) broken.push(`bid ${bidId} of ${organisationId} came before its bid ${first?.bidId}`);
      this.passedBy.delete(organisationId);
      for (const [other, queue] of queues) {
        if (other === organisationId || queue.length === 0) continue;
        const passed = this.passedBy.get(other) ?? new Set();
        if (passed.has(organisationId)) broken.push(`${organisationId} had two turns while ${other} waited (bid ${bidId})`);
        this.passedBy.set(other, passed.add(organisationId));
      }
    }
    return broken;
  }
}
