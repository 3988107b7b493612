/** Real: the order of turns. Held against its laws, with backlogs that grow and batches that are cut off anywhere. */
import { inTurns, type QueuedBid } from '#market';
import fc from 'fast-check';
import { FairTurns, sharesOf } from '../support/fair-turns.js';

const queued = (bidId: bigint, organisationId: bigint): QueuedBid => ({ bidId, organisationId, body: {} as QueuedBid['body'] });
const idsOf = (bids: readonly QueuedBid[]): number[] => bids.map(({ bidId }) => Number(bidId));

describe('turns of bidders', () => {
  const flood = [1n, 2n, 3n, 4n, 5n].map((id) => queued(id, 7n));

  it('give the bids of one bidder in their order', () => expect(idsOf(inTurns([...flood].reverse(), 0n))).toEqual([1, 2, 3, 4, 5]));
  it('give everyone a bid before anyone has two', () =>
    expect(idsOf(inTurns([...flood, queued(6n, 9n), queued(8n, 9n), queued(7n, 2n)], 0n))).toEqual([7, 1, 6, 2, 8, 3, 4, 5]));
  it('begin after the bidder who came last, and go around', () => {
    const bids = [...flood, queued(6n, 9n), queued(7n, 2n)];
    expect(idsOf(inTurns(bids, 7n)).slice(0, 3)).toEqual([6, 7, 1]);
    expect(idsOf(inTurns(bids, 9n)).slice(0, 3)).toEqual([7, 1, 6]);
    expect(idsOf(inTurns(bids, 100n)).slice(0, 3)).toEqual([7, 1, 6]); // whoever came last may have nothing left
  });
  it('of nothing are nothing', () => expect(inTurns([], 5n)).toEqual([]));
});

it('keeps the laws of turns, whatever comes and wherever batches end', () => {
  const batchArb = fc.record({
    arriving: fc.array(fc.bigInt({ min: 1n, max: 6n }), { maxLength: 12 }),
    limit: fc.integer({ min: 1, max: 9 }),
    decides: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(batchArb, { maxLength: 30 }), (batches) => {
      const turns = new FairTurns();
      let backlog: QueuedBid[] = [];
      let lastBidderId = 0n,
        nextId = 1n;
      for (const { arriving, limit, decides } of batches) {
        backlog.push(...arriving.map((bidder) => queued(nextId++, bidder)));
        const decided = inTurns(sharesOf(backlog, { limit, lastBidderId }), lastBidderId).slice(0, decides);
        expect(decided.length).toBeGreaterThanOrEqual(Math.min(1, backlog.length));
        expect(turns.note(backlog, decided)).toEqual([]);
        lastBidderId = decided.at(-1)?.organisationId ?? lastBidderId;
        backlog = backlog.filter((bid) => !decided.includes(bid));
      }
    }),
    { numRuns: 500 },
  );
});
