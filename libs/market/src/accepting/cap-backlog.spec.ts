import { CapBacklog } from './cap-backlog.js';
import type { InboxAnswer, NewBid } from './inbox.js';

/** Real: the cap. Fake: what lies behind it, whose answers the test gives; the count; the clock. */
describe('a cap of undecided bids', () => {
  let nowMs = 0;
  let undecided = 0;
  let counted = 0;
  let stored: NewBid[] = [];
  let trouble: Error | undefined;
  let known = new Map<string, InboxAnswer>();
  const bidOf = (organisationId: bigint, idempotencyKey = 'key', marketId = 1n): NewBid => ({
    marketId,
    organisationId,
    idempotencyKey,
    requestHash: new Uint8Array(32),
    label: null,
    body: '{}',
  });
  const capped = (max: number, replayed = false): CapBacklog =>
    new CapBacklog(
      {
        accept: async (bid) => {
          await Promise.resolve();
          if (trouble) throw trouble;
          stored.push(bid);
          undecided += replayed ? 0 : 1;
          return { kind: 'queued', bidId: BigInt(stored.length), replayed };
        },
      },
      {
        count: (_, most) => ((counted += 1), Promise.resolve(Math.min(most, undecided))),
        answerOf: ({ idempotencyKey }) => Promise.resolve(known.get(idempotencyKey)),
      },
      max,
      { nowMs: () => nowMs },
    );
  const kinds = async (cap: CapBacklog, count: number, organisationId = 7n): Promise<string[]> => {
    const outcomes = await Promise.all(Array.from({ length: count }, (_, index) => cap.accept(bidOf(organisationId, `key-${index}`))));
    return outcomes.map(({ kind }) => kind);
  };

  beforeEach(() => {
    nowMs = 1_000_000;
    undecided = counted = 0;
    stored = [];
    trouble = undefined;
    known = new Map();
  });

  it('takes what fits, in order, and turns the rest away', async () => {
    expect(await kinds(capped(3), 5)).toEqual(['queued', 'queued', 'queued', 'too_many_undecided', 'too_many_undecided']);
    expect(stored.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-0', 'key-1', 'key-2']);
  });

  it('says when to come back', async () => {
    const cap = capped(1);
    await cap.accept(bidOf(7n));
    expect(await cap.accept(bidOf(7n))).toEqual({ kind: 'too_many_undecided', retryAfterMs: 1000 });
  });

  it('takes more once some are decided, and asks no more often than now and then', async () => {
    const cap = capped(3);
    await kinds(cap, 50);
    expect(counted).toBe(1);
    undecided = 1;
    expect(await kinds(cap, 10)).not.toContain('queued'); // just counted
    nowMs += 50;
    expect((await kinds(cap, 10)).filter((kind) => kind === 'queued')).toHaveLength(2);
    expect(counted).toBe(2);
  });

  it('asks nothing while there is room', async () => {
    await kinds(capped(1_000), 1_000);
    expect(counted).toBe(0);
  });

  it('keeps bidders and markets apart', async () => {
    const cap = capped(1);
    expect(await kinds(cap, 2)).toContain('too_many_undecided');
    undecided = 0;
    expect(await cap.accept(bidOf(8n))).toMatchObject({ kind: 'queued' });
    expect(await cap.accept(bidOf(7n, 'key', 2n))).toMatchObject({ kind: 'queued' });
  });

  it('gives a bid that was taken in before its answer again, though there is no room', async () => {
    const cap = capped(1);
    await cap.accept(bidOf(7n, 'first'));
    known.set('first', { kind: 'queued', bidId: 1n, replayed: true }).set('other', { kind: 'key_reused' });
    expect(await cap.accept(bidOf(7n, 'first'))).toEqual({ kind: 'queued', bidId: 1n, replayed: true });
    expect(await cap.accept(bidOf(7n, 'other'))).toEqual({ kind: 'key_reused' });
    expect((await cap.accept(bidOf(7n, 'second'))).kind).toBe('too_many_undecided');
    expect(stored).toHaveLength(1);
  });

  it('counts no replays', async () => {
    const cap = capped(2, true);
    for (let round = 0; round < 10; round++) expect(await kinds(cap, 1)).toEqual(['queued']);
  });

  it('counts what may have been stored, until it knows', async () => {
    const cap = capped(1);
    trouble = new Error('the answer was lost');
    await expect(cap.accept(bidOf(7n))).rejects.toThrow('lost');
    trouble = undefined;
    undecided = 1;
    expect(await kinds(cap, 1)).toEqual(['too_many_undecided']);
    undecided = 0;
    nowMs += 50;
    expect(await kinds(cap, 1)).toEqual(['queued']);
  });

  it('lets each process have as many at most, whatever the others store', async () => {
    const [one, other] = [capped(10), capped(10)];
    for (let round = 0; round < 20; round++, nowMs += 100) await Promise.all([kinds(one, 5), kinds(other, 5)]);
    expect(undecided).toBeLessThanOrEqual(20);
    expect(undecided).toBeGreaterThanOrEqual(10);
  });
});
