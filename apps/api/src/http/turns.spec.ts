import { PROBLEMS } from '#contracts';
import { FairQueue, type Party, QuoteBid, ReadPrices, ThinkingFailed } from '#market';
import { problemOfOutcome } from './answer.js';
import { partyOf, shareWork } from './turns.js';

const NEVER = new Promise<never>(() => undefined);
const party: Party = { tenantId: 1n, organisationId: 2n };
const LIMITS = { atOnce: 1, perOrganisation: 2, perTenant: 2, inAll: 3, waitMs: 20 };

describe('work on the database', () => {
  it('is refused beyond a share, beyond all, and where its turn does not come', async () => {
    const { inTurn, count } = shareWork('reads', LIMITS);
    const [, late] = [1, 2].map(() => inTurn(party, () => NEVER));
    const refused = (who: Party) => inTurn(who, () => NEVER);
    await expect(refused(party)).rejects.toMatchObject({ code: 'share_exceeded', headers: { 'retry-after': '1' } });
    const other = refused({ tenantId: 3n, organisationId: 3n });
    await expect(refused({ tenantId: 4n, organisationId: 4n })).rejects.toMatchObject({ code: 'database_busy' });
    await expect(late).rejects.toMatchObject({ code: 'database_busy', headers: { 'retry-after': '1' } });
    await expect(other).rejects.toMatchObject({ code: 'database_busy' });
    expect(count()).toBe(1);
  });

  it('is an organisation’s, in the turns of its family', () => {
    expect(partyOf({ organisationId: 7n, familyId: 5n })).toEqual({ organisationId: 7n, tenantId: 5n });
  });
});

describe('prices that are not told for now', () => {
  const queue = new FairQueue({ ...LIMITS, inAll: 2 });
  let read = 0;
  const source = { findVisible: () => ((read += 1), NEVER), loadSlots: () => NEVER };
  const prices = new ReadPrices(source, { slots: 1, cells: 1 }, { loop: queue, cellsAtOnce: 1, pause: () => NEVER });
  const ask = (organisationId: bigint) => prices.run({ marketId: 1n, organisationId, tenantId: organisationId }, () => undefined);

  it('are refused before anything is read for them, by their own name', async () => {
    void ask(1n);
    const late = ask(1n);
    expect(await ask(1n)).toMatchObject({ kind: 'share_exceeded', retryAfterMs: 1_000 });
    expect(await ask(2n)).toMatchObject({ kind: 'pricing_busy', retryAfterMs: 1_000 });
    expect(await late).toMatchObject({ kind: 'pricing_busy' });
    expect(read).toBe(1);
    const { code, headers } = problemOfOutcome({ ...(await late) });
    expect([PROBLEMS[code].status, PROBLEMS[code].title, headers]).toEqual([
      503,
      'Too many quotes and prices are asked for',
      { 'retry-after': '1' },
    ]);
  });
});

it('tells a quote that could not be thought through by its own name', async () => {
  const { books, ways } = failingQuotes();
  const outcome = await new QuoteBid(books, ways).run({ marketId: 1n, organisationId: 2n, body: {} as never });
  expect(outcome).toMatchObject({ kind: 'quote_failed', retryAfterMs: 1_000 });
  expect(PROBLEMS.quote_failed.title).not.toMatch(/bids/);
});

/** A market whose book cannot be built. */
function failingQuotes(): { books: never; ways: never } {
  const seen = { head: { marketId: 1n, sequence: 1n }, operatorId: 1n, horizonSlots: 1, cells: 1_000_000_000 };
  const failed = (): Promise<never> => Promise.reject(new ThinkingFailed('too much memory'));
  return {
    books: { find: () => Promise.resolve(seen), has: () => false, read: failed } as never,
    ways: { queue: new FairQueue(LIMITS), loop: new FairQueue(LIMITS) } as never,
  };
}
