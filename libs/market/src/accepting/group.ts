import type { InboxAnswer, NewBid } from './inbox.js';

/** A caller waiting for the answer to its bid. */
export interface Waiting {
  readonly newBid: NewBid;
  readonly resolve: (answer: InboxAnswer) => void;
  readonly reject: (cause: unknown) => void;
}

/** Callers that one row answers: the first stores it, the others sent the very same bid. */
export type Group = readonly Waiting[];

/** Answers a group: the first caller made the row, for the others it is a replay. */
export function answerGroup(group: Group, answer: InboxAnswer): void {
  const replay: InboxAnswer = answer.kind === 'queued' ? { ...answer, replayed: true } : answer;
  group.forEach((waiting, index) => waiting.resolve(index === 0 ? answer : replay));
}
