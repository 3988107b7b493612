import type { Kinds } from '#kinds';
import type { OpenBook } from '../book/index.js';
import { type Busy, BUSY, busyWhereLate, QUOTE_FAILED } from '../thinking/busy.js';
import { CELLS_AT_ONCE_MAX } from '../thinking/effort.js';
import type { FairQueue, Party } from '../thinking/fair-queue.js';
import { atOnce, type InTurn } from '../thinking/in-turn.js';
import { type Thinker, ThinkingFailed } from '../thinking/thinker.js';
import type { BookReader } from './book-reader.js';
import type { BudgetsReader } from './ports.js';

/** Who asks for something that is thought about on a market's book. */
export interface BookRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  /** The operator's family that it belongs to; itself where nothing is said. */
  readonly tenantId?: bigint;
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
}

/** How quotes are thought about: short ones here and now, long ones by the thinker, a few at a time and by turns. */
export interface QuoteWays {
  readonly kinds: Kinds;
  readonly thinker: Thinker;
  /** Turns for what the thinker does, and for what is done on the event loop: one at a time, with room for others in between. */
  readonly queue: FairQueue;
  readonly loop: FairQueue;
  /** Turns for what is read from the database; without them it is read at once. */
  readonly reads?: InTurn;
  /** Without it nobody has budgets. */
  readonly budgets?: BudgetsReader;
}

type Unseen = { readonly kind: 'market_unknown' } | Busy;
/** Thinks when it is its turn. */
export type ThinkInTurn<Outcome> = (queue: FairQueue, work: () => Promise<Outcome>) => Promise<Outcome>;

async function turnIn<Outcome>(queue: FairQueue, party: Party, work: () => Promise<Outcome | Unseen>): Promise<Outcome | Unseen> {
  const pending = queue.run(party, work);
  if (typeof pending === 'string') return BUSY[pending];
  try {
    return await pending;
  } catch (cause) {
    if (cause instanceof ThinkingFailed) return QUOTE_FAILED;
    return busyWhereLate(cause);
  }
}

/** What a market's book is read by, and how it is thought about. */
interface Desk {
  readonly books: BookReader;
  readonly ways: QuoteWays;
}

/**
 * Thinks on the book of a market as of its last committed entry. Each part waits for its turn: what is read, books that have to be made, and what
 * `think` asks turns for.
 */
export async function onBook<Outcome>(
  { books, ways }: Desk,
  { marketId, organisationId, tenantId = organisationId, isGone }: BookRequest,
  think: (open: OpenBook, inTurn: ThinkInTurn<Outcome | Unseen>) => Promise<Outcome | Unseen>,
): Promise<Outcome | Unseen> {
  const { queue, reads = atOnce } = ways;
  const reader = { tenantId, organisationId, ...(isGone && { isGone }) };
  const seen = await reads(reader, () => books.find(marketId, organisationId));
  if (!seen) return { kind: 'market_unknown' };
  const party = { ...reader, tenantId: seen.operatorId };
  const inTurn: ThinkInTurn<Outcome | Unseen> = (turns, work) => turnIn(turns, party, work);
  const thinkOn = (open: OpenBook | undefined, turns: typeof inTurn): Promise<Outcome | Unseen> =>
    open ? think(open, turns) : Promise.resolve({ kind: 'market_unknown' });
  if (books.has(seen)) return thinkOn(await books.read(seen), inTurn);
  if (seen.cells <= CELLS_AT_ONCE_MAX) return thinkOn(await reads(reader, () => books.read(seen)), inTurn);
  return inTurn(queue, async () => thinkOn(await books.read(seen), (_, work) => work()));
}
