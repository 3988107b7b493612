import type { InboxAnswer, NewBid } from './inbox.js';

/** A caller waiting for the answer to its bid. */
export interface Waiting {
  readonly newBid: NewBid;
  readonly resolve: (answer: InboxAnswer) => void;
  readonly reject: (cause: unknown) => void;
}

/** Callers that one row answers: the first stores it, the others sent the very same bid. */
export type Group = readonly Waiting[];

/** How much one statement may carry. */
export interface GroupLimits {
  readonly bidsMax: number;
  readonly charactersMax: number;
}

/**
 * Takes from the front of the queue what one statement can carry. Identical bids share a row; a bid that uses the key of another
 * one already taken has to see that one's row first, so it stays in the queue.
 */
export function takeGroups(queue: Waiting[], limits: GroupLimits): Group[] {
  const groups = new Map<string, Waiting[]>();
  const left: Waiting[] = [];
  let characters = 0,
    at = 0;
  for (; at < queue.length && groups.size < limits.bidsMax && characters < limits.charactersMax; at++) {
    const waiting = queue[at];
    const key = `${waiting.newBid.organisationId} ${waiting.newBid.idempotencyKey}`;
    const group = groups.get(key);
    if (!group) groups.set(key, [waiting]);
    else if (isSame(group[0].newBid, waiting.newBid)) group.push(waiting);
    else left.push(waiting);
    characters += waiting.newBid.body.length;
  }
  queue.splice(0, at, ...left);
  return [...groups.values()];
}

const isSame = (one: NewBid, other: NewBid): boolean =>
  one.marketId === other.marketId && Buffer.compare(one.requestHash, other.requestHash) === 0;

/** Answers a group: the first caller made the row, for the others it is a replay. */
export function answerGroup(group: Group, answer: InboxAnswer): void {
  const replay: InboxAnswer = answer.kind === 'queued' ? { ...answer, replayed: true } : answer;
  group.forEach((waiting, index) => waiting.resolve(index === 0 ? answer : replay));
}
