import type { BidBody, Kinds } from '#kinds';
import { CancelAllocation, type NewBid, QuoteCancellation } from '#market';
import { invariant } from '#units';
import type { Database, StoredDecision } from './database.js';
import { cancellationStoreOf } from './lifecycle.js';
import { drawBid } from './scene.js';
import type { Process, Scheduler } from './scheduler.js';

/** A process that goes silent while it cancels loses the market, ms. */
const CANCEL_IDLE_MS = 10_000;

/** An allocation that was given back, as its bidder was told. */
export interface CancelAck {
  readonly bidId: bigint;
  readonly sequence: bigint;
  readonly returned: bigint;
}

/** Where a bidder thinks twice. */
interface Place {
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly kinds: Kinds;
  readonly process: Process;
}

export type Thought = (CancelAck & { readonly kind: 'cancelled' }) | { readonly kind: 'bid'; readonly bid: NewBid };

/** A bidder asks what giving an allocation back would bring, thinks about it for a while, and gives it back, or would have another one in its place. */
export async function secondThoughts({ scheduler, database, kinds, process }: Place): Promise<Thought | undefined> {
  const { random } = scheduler;
  const accepted = database.decisions.filter(({ decision }) => decision.kind === 'accepted');
  if (accepted.length === 0) return undefined;
  const decided = random.pick(accepted);
  const { bidId, wallet } = decided;
  const store = cancellationStoreOf(database, process, CANCEL_IDLE_MS);
  const clock = { nowMs: () => scheduler.nowMs };
  const request = { caller: { organisationId: wallet.organisationId, role: 'bidder' as const }, bidId };
  const asked = await new QuoteCancellation(store, kinds, clock).run(request);
  if (asked.kind !== 'quoted') return undefined;
  const { slot, returned, expiresMs } = asked.quote;
  await scheduler.sleep(process, random.below(random.pick([2_000, 40_000])));
  const quote = { slot, returnedMicros: returned, expiresMs };
  if (random.below(2) === 0) return { kind: 'bid', bid: changeOf(decided, quote, { scheduler, database }) };
  const outcome = await new CancelAllocation(store, kinds, clock).run({ ...request, quote });
  return outcome.kind === 'cancelled' ? { kind: 'cancelled', bidId, sequence: outcome.sequence, returned } : undefined;
}

/** A bid that is to take the place of an allocation; some ask for the same job again, some go on with another one. */
function changeOf(
  { bidId, marketId, wallet: { organisationId } }: StoredDecision,
  { slot, returnedMicros }: { readonly slot: number; readonly returnedMicros: bigint },
  { scheduler: { random }, database }: Pick<Place, 'scheduler' | 'database'>,
): NewBid {
  const before = database.bids.get(bidId);
  invariant(before !== undefined, 'what was decided is stored');
  const drawn = drawBid(random, marketId, 0);
  const { replaces: _, ...body } = JSON.parse(random.below(2) === 0 ? before.body : drawn.body) as BidBody;
  const links = {
    ...(random.below(3) === 0 && { continues: bidId.toString() }),
    replaces: { bidId: bidId.toString(), slot, returnedMicros: returnedMicros.toString() },
  };
  const key = `change-${database.bids.size}-${random.below(1_000_000)}`;
  return { ...drawn, organisationId, idempotencyKey: key, body: JSON.stringify({ ...body, ...links }) };
}
