import { createHash } from 'node:crypto';
import { createPrng, type Prng } from '#lab';
import { catchUp, type DecidedBid, decideBatch, type OpenBook, openBook, FundsTracker, type QueuedBid } from '#market';
import { type BidBody, scheduleCodec, standardKinds } from '#kinds';
import { usageOf } from '#mechanism';
import { invariant } from '#units';
import { type AnswersMarket, MARKETS, openingOf } from './markets.js';

/** What was answered in a market: how much of it, and the digest of all of it. */
export interface Answers {
  readonly name: string;
  readonly bids: number;
  readonly accepted: number;
  /** SHA-256 over every decision with its plan, footprint, lines and funds, every transfer, and what is sold in the end. */
  readonly digest: string;
}

/** Decides the bids of a market, all of them or the first ones. */
export const answersOf = (market: AnswersMarket, bidsMax = Infinity): Answers => new Run(market, Math.min(bidsMax, market.bids)).answers();

/** The answers of all markets, one after the other. */
export const allAnswers = (bidsMax?: number): Answers[] => MARKETS.map((market) => answersOf(market, bidsMax));

interface Due {
  readonly bidId: bigint;
  readonly slot: number;
  readonly amount: bigint;
}

/** One market from its opening to its last bid: batches in a row, and in between a clock that moves, capacity that changes, money that comes in. */
class Run {
  private readonly random: Prng;
  private readonly hash = createHash('sha256');
  private readonly kinds = standardKinds();
  private readonly funds = new Map<bigint, bigint>();
  private open: OpenBook;
  private due: Due[] = [];
  private accepted = 0;
  private decided = 0;

  constructor(
    private readonly market: AnswersMarket,
    private readonly bids: number,
  ) {
    this.random = createPrng(1_000 + market.seed);
    this.open = openBook(openingOf(market));
    market.funds.forEach((credits, index) => this.funds.set(BigInt(10 + index), BigInt(credits) * 1_000_000n));
  }

  answers(): Answers {
    while (this.decided < this.bids) {
      this.batch();
      this.between();
    }
    this.close();
    const { book } = this.open;
    for (let slot = book.baseSlot; slot < book.baseSlot + book.slotCount; slot++) this.note(['sold', slot, usageOf(book, slot)]);
    return { name: this.market.name, bids: this.decided, accepted: this.accepted, digest: this.hash.digest('hex') };
  }

  private batch(): void {
    const count = Math.min(this.market.batch, this.bids - this.decided);
    const bids = Array.from({ length: count }, (_, index) => this.draw(this.decided + index));
    const funds = new FundsTracker([...this.funds].map(([organisationId, fundsMicros]) => walletOf(organisationId, fundsMicros)));
    const { record, priceVersion } = decideBatch({ open: this.open, epoch: 1n, bids, funds, kinds: this.kinds, mayGoOn: () => true });
    for (const one of record.decided) this.take(one);
    this.decided += count;
    const { state, book } = this.open;
    this.open = { book, state: { ...state, priceVersion, head: { ...state.head, sequence: record.sequence } } };
  }

  private draw(index: number): QueuedBid {
    const bidders = [...this.funds.keys()];
    const siteIds = this.open.state.sites.map(({ id }) => id);
    return { bidId: BigInt(index + 1), organisationId: this.random.pick(bidders), body: this.market.body(this.random, siteIds) as BidBody };
  }

  private take({ bidId, wallet, sequence, arrivalSlot, priceVersion, fundsMicros, decision }: DecidedBid): void {
    this.note(['bid', bidId, wallet.organisationId, sequence, arrivalSlot, priceVersion, fundsMicros, decision.kind]);
    if (decision.kind === 'refused') return this.note(decision.refusal);
    this.accepted++;
    const { completion, value, payment, plan, footprint, lines } = decision;
    this.note(['accepted', completion, value, payment, footprint, lines]);
    for (const { slot, ps, workers, home, moves } of scheduleCodec.read(plan) ?? [])
      this.note(['slot', slot, ps, workers, home, moves.map((move) => [move.home, move.place, move.chunks])]);
    this.move('hold', bidId, payment);
    this.funds.set(wallet.organisationId, (this.funds.get(wallet.organisationId) ?? 0n) - payment);
    for (const { slot } of footprint) {
      const amount = lines.reduce((sum, line) => (line.slot === slot ? sum + line.amount : sum), 0n);
      this.due.push({ bidId, slot, amount });
    }
  }

  private between(): void {
    const { random, market } = this;
    if (random.below(1_000) < market.clockPerMille) this.moveClock(random.between(1, 3));
    if (random.below(1_000) < market.capacityPerMille) this.changeCapacity();
    if (random.below(1_000) < market.moneyPerMille) {
      const bidderId = random.pick([...this.funds.keys()]);
      this.funds.set(bidderId, (this.funds.get(bidderId) ?? 0n) + BigInt(random.below(200_000_000)));
    }
  }

  private moveClock(by: number): void {
    const { state } = this.open;
    const head = { ...state.head, slot: state.head.slot + by, sequence: state.head.sequence + 1n };
    this.open = catchUp(this.open, { head, usage: [], priceVersion: head.sequence });
    for (const { bidId, slot, amount } of this.due) if (slot < head.slot) this.move(`capture ${slot}`, bidId, amount);
    this.due = this.due.filter(({ slot }) => slot >= head.slot);
  }

  /** A site gets more of everything: the book is made anew. */
  private changeCapacity(): void {
    const { state, book } = this.open;
    const at = this.random.below(state.sites.length);
    const sites = state.sites.map((site) =>
      site.ordinal === at ? { ...site, capacityMilli: site.capacityMilli.map((milli) => milli + 500) } : site,
    );
    const usage = Array.from({ length: book.slotCount }, (_, index) => ({
      slot: book.baseSlot + index,
      usedMilli: usageOf(book, book.baseSlot + index),
    }));
    const head = { ...state.head, sequence: state.head.sequence + 1n };
    this.open = openBook({ ...state, head, priceVersion: head.sequence, sites, usage });
  }

  /** A closed market refuses what still waits. */
  private close(): void {
    const { state, book } = this.open;
    this.open = { book, state: { ...state, head: { ...state.head, status: 'closed', sequence: state.head.sequence + 1n } } };
    const funds = new FundsTracker([...this.funds].map(([organisationId, fundsMicros]) => walletOf(organisationId, fundsMicros)));
    const bids = [this.draw(this.decided)];
    const { record } = decideBatch({ open: this.open, epoch: 1n, bids, funds, kinds: this.kinds, mayGoOn: () => true });
    for (const one of record.decided) this.take(one);
  }

  private move(what: string, bidId: bigint, amount: bigint): void {
    invariant(amount >= 0n, 'no transfer is negative');
    if (amount > 0n) this.note(['transfer', what, bidId, amount]);
  }

  private note(what: unknown): void {
    this.hash.update(`${JSON.stringify(what, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}\n`);
  }
}

const walletOf = (organisationId: bigint, fundsMicros: bigint) => ({ organisationId, walletId: 0n, escrowId: 0n, fundsMicros });
