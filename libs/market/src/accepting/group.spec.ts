import { answerGroup, type Waiting } from './group.js';
import type { InboxAnswer } from './inbox.js';

it('tells all callers of a group but the first that theirs is a replay', () => {
  const answers: InboxAnswer[] = [];
  const newBid = { marketId: 1n, organisationId: 1n, idempotencyKey: 'a', requestHash: Uint8Array.of(1), label: null, body: '{}' };
  const waiting: Waiting = { newBid, resolve: (answer) => answers.push(answer), reject: () => undefined };
  answerGroup([waiting, waiting], { kind: 'queued', bidId: 5n, replayed: false });
  expect(answers).toEqual([
    { kind: 'queued', bidId: 5n, replayed: false },
    { kind: 'queued', bidId: 5n, replayed: true },
  ]);
});
