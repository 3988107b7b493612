import { admit, applySchedule, capacityOf, type Decision, type Oracle, touchedSlots, usageOf } from '#mechanism';
import { invariant, micros } from '#units';
import { toBid } from '../bid-body.js';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { payersOf } from './payers.js';
import type { BatchRecord, DecidedBid, QueuedBid, Wallet } from './ports.js';

/** What a batch is decided from. The book is changed: it holds what the record says once that is committed. */
export interface BatchInput {
  readonly open: OpenBook;
  readonly epoch: bigint;
  readonly bids: readonly QueuedBid[];
  readonly wallets: readonly Wallet[];
  readonly oracle: Oracle;
  /** Asked before each bid but the first: false ends the batch early. */
  readonly mayGoOn: () => boolean;
}

/**
 * Decides bids in the order given, each on the prices that the ones before it left and on what their holds left in the wallet.
 * @returns what to write, and the price version after it.
 */
export function decideBatch(input: BatchInput): { record: BatchRecord; priceVersion: bigint } {
  const { open, bids } = input;
  const wallets = new Map(input.wallets.map((wallet) => [wallet.organisationId, wallet]));
  const funds = new Map(input.wallets.map((wallet) => [wallet.organisationId, wallet.fundsMicros]));
  const decided: DecidedBid[] = [];
  const touched = new Set<number>();
  let { priceVersion } = open.state;
  let { sequence } = open.state.head;
  for (const bid of bids) {
    if (decided.length > 0 && !input.mayGoOn()) break;
    const wallet = wallets.get(bid.organisationId);
    const fundsMicros = funds.get(bid.organisationId);
    invariant(wallet !== undefined && fundsMicros !== undefined, 'every bidder has a wallet');
    const decision = decideBid(input, bid, fundsMicros);
    sequence += 1n;
    decided.push({ bidId: bid.bidId, wallet, sequence, arrivalSlot: arrivalOf(open.state.head), priceVersion, fundsMicros, decision });
    if (decision.kind === 'refused') continue;
    priceVersion = sequence;
    funds.set(bid.organisationId, fundsMicros - decision.payment);
    for (const slot of touchedSlots(decision.schedule)) touched.add(slot);
  }
  return { record: recordOf(input, decided, touched), priceVersion };
}

function decideBid({ open, oracle }: BatchInput, queued: QueuedBid, fundsMicros: bigint): Decision {
  const { head, sites, resources } = open.state;
  if (head.status === 'closed') {
    return { kind: 'refused', refusal: { code: 'market_closed', detail: 'the market was closed before this bid was decided' } };
  }
  const reading = toBid(queued.body, { sites, resources });
  invariant(reading.kind === 'bid', `bid ${queued.bidId} is still readable as it was when it was acknowledged`);
  const { bid } = reading;
  const decision = admit({ book: open.book, bid, arrival: arrivalOf(head), fundsMicros: micros(fundsMicros), oracle });
  if (decision.kind === 'accepted') {
    invariant(decision.payment <= fundsMicros, 'nobody pays more than is there');
    applySchedule(open.book, bid.job, decision.schedule);
  }
  return decision;
}

function recordOf({ open, epoch, bids }: BatchInput, decided: readonly DecidedBid[], touched: ReadonlySet<number>): BatchRecord {
  const { head } = open.state;
  return {
    marketId: head.marketId,
    epoch,
    payers: payersOf(decided, bids),
    sequence: head.sequence + BigInt(decided.length),
    decided,
    usage: [...touched].sort((a, b) => a - b).map((slot) => ({ slot, usedMilli: usageOf(open.book, slot) })),
    capacityMilli: capacityOf(open.book),
  };
}
