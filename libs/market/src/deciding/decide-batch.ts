import type { Kinds } from '#kinds';
import {
  admit,
  applyFootprint,
  type Book,
  capacityOf,
  type Decision,
  isCapacitySet,
  ownCapacityOf,
  type Refusal,
  usageOf,
} from '#mechanism';
import { invariant, micros } from '#units';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { heldToQuote } from './held-to-quote.js';
import type { BatchRecord, DecidedBid, QueuedBid } from './ports.js';
import type { FundsTracker } from './funds-tracker.js';

/** What a batch is decided from. Book and funds are changed: they hold what the record says once that is committed. */
export interface BatchInput {
  readonly open: OpenBook;
  readonly epoch: bigint;
  readonly bids: readonly QueuedBid[];
  readonly funds: FundsTracker;
  readonly kinds: Kinds;
  /** Asked before each bid but the first: false ends the batch early. */
  readonly mayGoOn: () => boolean;
  /** Why none of the bids is looked at. */
  readonly refusal?: Refusal | undefined;
}

/**
 * Decides bids in the order given, each on the prices that the ones before it left and on what their holds left in the wallet.
 * @returns what to write, and the price version after it.
 */
export function decideBatch(input: BatchInput): { record: BatchRecord; priceVersion: bigint } {
  const { open, bids, funds } = input;
  const decided: DecidedBid[] = [];
  const touched = new Set<number>();
  let { priceVersion } = open.state;
  let { sequence } = open.state.head;
  for (const bid of bids) {
    if (decided.length > 0 && !input.mayGoOn()) break;
    const { wallet, fundsMicros } = funds.of(bid.organisationId);
    const caps = funds.capsOf(bid, open.state);
    const decision = decideBid(input, bid, { fundsMicros, priceVersion, caps });
    sequence += 1n;
    const { name: kind } = input.kinds.of(bid.body);
    decided.push({
      bidId: bid.bidId,
      kind,
      wallet,
      sequence,
      arrivalSlot: arrivalOf(open.state.head),
      priceVersion,
      fundsMicros,
      decision,
      ...(caps && { caps }),
      ...linksOf(bid),
    });
    funds.decided(bid.organisationId, bid.body.valuation, decision.kind === 'accepted' ? decision.payment : 0n);
    if (decision.kind === 'refused') continue;
    if (caps) funds.charged(caps, decision.lines);
    priceVersion = sequence;
    for (const { slot } of decision.footprint) touched.add(slot);
  }
  return { record: recordOf(input, decided, touched), priceVersion };
}

/** What an allocation is linked to, as its bid says. */
function linksOf({ body: { continues, replaces } }: QueuedBid): Pick<DecidedBid, 'links'> {
  if (continues === undefined && replaces === undefined) return {};
  return {
    links: { ...(continues !== undefined && { continues: BigInt(continues) }), ...(replaces && { replaces: BigInt(replaces.bidId) }) },
  };
}

/** What a bid meets: what is left in its wallet, micro-credits, and in budgets, and the version of the prices. */
type Met = Pick<DecidedBid, 'fundsMicros' | 'priceVersion' | 'caps'>;

/** @returns the decision, its plan as the kind's codec writes it. */
function decideBid({ open, kinds, refusal }: BatchInput, queued: QueuedBid, { fundsMicros, priceVersion, caps }: Met): Decision {
  const { head, sites, resources } = open.state;
  if (head.status === 'closed') {
    return { kind: 'refused', refusal: { code: 'market_closed', detail: 'the market was closed before this bid was decided' } };
  }
  if (refusal) return { kind: 'refused', refusal };
  const reading = kinds.parse(queued.body, { sites, resources });
  invariant(reading.kind === 'bid', `bid ${queued.bidId} is still readable as it was when it was acknowledged`);
  const { bid } = reading;
  const { oracle, plan: codec } = bid.kind;
  const { quote } = queued.body;
  const subject = { book: open.book, bid, arrival: arrivalOf(head), oracle };
  const decision = quote
    ? heldToQuote(admit(subject), { quote, priceVersion, fundsMicros, caps })
    : admit({ ...subject, fundsMicros: micros(fundsMicros), caps });
  if (decision.kind === 'refused') return decision;
  applyFootprint(open.book, decision.footprint);
  return { ...decision, plan: codec.write(decision.plan) };
}

function recordOf({ open, epoch }: BatchInput, decided: readonly DecidedBid[], touched: ReadonlySet<number>): BatchRecord {
  const { head } = open.state;
  return {
    marketId: head.marketId,
    epoch,
    sequence: head.sequence + BigInt(decided.length),
    decided,
    usage: [...touched].sort((a, b) => a - b).map((slot) => soldOf(open.book, slot)),
    capacityMilli: ownCapacityOf(open.book),
  };
}

/** Of most slots there is what the market has of its own. */
const soldOf = (book: Book, slot: number): BatchRecord['usage'][number] => ({
  slot,
  usedMilli: usageOf(book, slot),
  ...(isCapacitySet(book, slot) && { capacityMilli: capacityOf(book, slot) }),
});
