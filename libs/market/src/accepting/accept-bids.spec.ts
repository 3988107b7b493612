import { AcceptBids, STATEMENT_BIDS_MAX } from './accept-bids.js';
import type { BidInbox, InboxAnswer, NewBid } from './inbox.js';
import { WakeUpNotifier } from './wake-up-notifier.js';

const MINUTE_MS = 60_000;

/** An inbox that takes everything, and notes when statements began and how much they carried. */
class Statements implements BidInbox {
  readonly sizes: number[] = [];
  readonly beganMs: number[] = [];

  insert(bids: readonly NewBid[]): Promise<InboxAnswer[]> {
    this.sizes.push(bids.length);
    this.beganMs.push(performance.now());
    return Promise.resolve(bids.map((_, index) => ({ kind: 'queued', bidId: BigInt(index + 1), replayed: false })));
  }
}

let keys = 0;
const some = (count: number): NewBid[] =>
  Array.from({ length: count }, () => ({
    marketId: 1n,
    organisationId: 1n,
    idempotencyKey: `${keys++}`,
    requestHash: new Uint8Array(32),
    label: null,
    body: '{}',
  }));

describe('AcceptBids with a clock', () => {
  let nowMs: number;
  let statements: Statements;
  const open = (waitMs: number): AcceptBids => {
    const notifier = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);
    return new AcceptBids(statements, notifier, { waitMs, queueMax: 10_000 }, { nowMs: () => nowMs });
  };
  /** Lets so many bids come in a tenth of a second, which is what the pace looks at. */
  const comeFast = async (accept: AcceptBids, count: number): Promise<void> => {
    await accept.acceptMany(some(1));
    await accept.acceptMany(some(count));
    nowMs += 100;
  };

  beforeEach(() => {
    nowMs = 0;
    statements = new Statements();
  });

  it('lets a statement begin at once when as much waits as one carries', async () => {
    await open(MINUTE_MS).acceptMany(some(STATEMENT_BIDS_MAX));
    expect(statements.sizes).toEqual([STATEMENT_BIDS_MAX]);
  });

  it('lets bids gather between statements where many come', async () => {
    const accept = open(0);
    await comeFast(accept, 400);
    await accept.acceptMany(some(1));
    await accept.acceptMany(some(2));
    const [early, late] = statements.beganMs.slice(-2);
    expect(late - early).toBeGreaterThan(15);
  });

  it('waits no longer when the clock is set back', async () => {
    const accept = open(0);
    await comeFast(accept, 400);
    nowMs -= MINUTE_MS;
    await accept.acceptMany(some(1));
    await accept.acceptMany(some(1));
    expect(statements.sizes.slice(-2)).toEqual([1, 1]);
  });
});
