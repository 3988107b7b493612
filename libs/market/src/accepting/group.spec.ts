import { answerGroup, takeGroups, type Waiting } from './group.js';
import type { InboxAnswer } from './inbox.js';

const LIMITS = { bidsMax: 3, charactersMax: 1_000 };

function waiting(idempotencyKey: string, hash: number, answers: InboxAnswer[] = [], marketId = 1n): Waiting {
  const newBid = { marketId, organisationId: 1n, idempotencyKey, requestHash: Uint8Array.of(hash), label: null, body: '{}' };
  return { newBid, resolve: (answer) => answers.push(answer), reject: () => undefined };
}

const keysOf = (groups: readonly (readonly Waiting[])[]): string[] =>
  groups.map((group) => `${group[0].newBid.idempotencyKey}x${group.length}`);

describe('takeGroups', () => {
  it('gives identical bids one row and leaves the rest of the queue in order', () => {
    const queue = ['a', 'b', 'a', 'c', 'd', 'e'].map((key) => waiting(key, 1));
    expect(keysOf(takeGroups(queue, LIMITS))).toEqual(['ax2', 'bx1', 'cx1']);
    expect(queue.map((left) => left.newBid.idempotencyKey)).toEqual(['d', 'e']);
  });

  it('lets another bid with the same key see the row of the first', () => {
    const queue = [waiting('a', 1), waiting('a', 2), waiting('a', 1, [], 2n), waiting('b', 1)];
    expect(keysOf(takeGroups(queue, LIMITS))).toEqual(['ax1', 'bx1']);
    expect(queue).toHaveLength(2);
  });

  it('takes one bid however large it is', () => {
    const queue = [waiting('a', 1), waiting('b', 1)];
    expect(keysOf(takeGroups(queue, { bidsMax: 3, charactersMax: 1 }))).toEqual(['ax1']);
  });
});

describe('answerGroup', () => {
  it('tells all but the first that theirs is a replay', () => {
    const answers: InboxAnswer[] = [];
    answerGroup([waiting('a', 1, answers), waiting('a', 1, answers)], { kind: 'queued', bidId: 5n, replayed: false });
    expect(answers).toEqual([
      { kind: 'queued', bidId: 5n, replayed: false },
      { kind: 'queued', bidId: 5n, replayed: true },
    ]);
  });
});
