import type { Waiting } from './group.js';
import type { NewBid } from './inbox.js';
import { WaitingBids } from './waiting-bids.js';

const LIMITS = { bidsMax: 3, charactersMax: 1_000 };

function waiting(idempotencyKey: string, hash = 1, place: Partial<NewBid> = {}): Waiting {
  const newBid = { marketId: 1n, organisationId: 1n, idempotencyKey, requestHash: Uint8Array.of(hash), label: null, body: '{}', ...place };
  return { newBid, resolve: () => undefined, reject: () => undefined };
}

describe('bids that wait for their statement', () => {
  let bids: WaitingBids;
  beforeEach(() => (bids = new WaitingBids()));
  const come = (...all: readonly Waiting[]): void => all.forEach((one) => bids.add(one));
  const keysOf = (groups: readonly (readonly Waiting[])[]): string[] =>
    groups.map((group) => `${group[0].newBid.idempotencyKey}x${group.length}`);
  const take = (limits = LIMITS): string[] => keysOf(bids.takeGroups(limits));

  it('share a row where they are identical, and leave the rest in order', () => {
    come(...['a', 'b', 'a', 'c', 'd', 'e'].map((key) => waiting(key)));
    expect(take()).toEqual(['ax2', 'bx1', 'cx1']);
    expect(bids.size).toBe(2);
    expect(take()).toEqual(['dx1', 'ex1']);
    expect([bids.size, bids.countsOf(waiting('f').newBid)]).toEqual([0, { ofOrganisation: 0, ofTenant: 0 }]);
  });

  it('see the row of the first with their key, before what came after them', () => {
    come(waiting('a', 1), waiting('a', 2), waiting('a', 1, { marketId: 2n }), waiting('b', 1), waiting('c', 1), waiting('d', 1));
    expect(take()).toEqual(['ax1', 'bx1', 'cx1']);
    expect(bids.size).toBe(3);
    expect(take()).toEqual(['ax1', 'dx1']); // one of the two others with the key at a time
    expect(take()).toEqual(['ax1']);
  });

  it('are taken by one at least, however large it is', () => {
    come(waiting('a'), waiting('b'));
    expect(take({ bidsMax: 3, charactersMax: 1 })).toEqual(['ax1']);
  });

  it('take turns by tenant and by organisation, each one’s own in order, over statements', () => {
    const of = (organisationId: bigint, tenantId: bigint) => (key: string) => waiting(key, 1, { organisationId, tenantId });
    come(...['a1', 'a2', 'a3', 'a4', 'a5'].map(of(10n, 1n)), ...['b1', 'b2'].map(of(11n, 1n)), ...['c1', 'c2'].map(of(20n, 2n)));
    expect(bids.countsOf(of(10n, 1n)('').newBid)).toEqual({ ofOrganisation: 5, ofTenant: 7 });
    expect(take()).toEqual(['a1x1', 'c1x1', 'b1x1']);
    expect(take()).toEqual(['c2x1', 'a2x1', 'b2x1']);
    come(of(30n, 3n)('d1'));
    expect(take()).toEqual(['a3x1', 'd1x1', 'a4x1']);
  });

  it('are all taken once, however many there are and whenever they come', () => {
    const taken: string[] = [];
    for (let number = 0; number < 5_000; number++) {
      come(waiting(String(number), 1, { organisationId: BigInt(number % 3) }));
      if (number % 7 === 0) taken.push(...take({ bidsMax: 5, charactersMax: 1_000 }));
    }
    while (bids.size > 0) taken.push(...take());
    const ofFirst = taken.map((key) => Number.parseInt(key, 10)).filter((number) => number % 3 === 0);
    expect(new Set(taken).size).toBe(5_000);
    expect(ofFirst).toEqual([...ofFirst].sort((a, b) => a - b));
  });
});
