import { invariant } from '#units';
import { type CellFigures, cellFigures, type History, type PastMarket } from '../history/index.js';
import type { AllocationReader } from '../lifecycle/ports.js';
import type { BidReader, EventRecord, LineRecord, Viewer } from '../reading/ports.js';
import { type Busy, BUSY, busyWhereLate } from '../thinking/busy.js';
import type { PricesPace } from './read-prices.js';

/** Whose payment is asked about. */
export interface PaymentRequest {
  readonly viewer: Viewer;
  readonly bidId: bigint;
  /** Who asks: turns are taken by organisations and their operators' families. */
  readonly organisationId: bigint;
  readonly tenantId?: bigint;
  readonly isGone?: () => boolean;
}

/** A line of a payment with what its price follows from: of its site's resource or the bandwidth in its slot, before the bid. */
export interface PricedLine extends LineRecord, CellFigures {}

/** Why a payment is what it is: the market as the bid found it. */
export interface ExplainedPayment {
  readonly kind: 'explained';
  readonly bidId: bigint;
  readonly then: PastMarket;
  /** The entry that posted the rule, or its level. */
  readonly postedBy: EventRecord;
  readonly lines: readonly PricedLine[];
  /** Of the market, by ordinal. */
  readonly siteIds: readonly bigint[];
}

/** The entry of a log that posted the prices of a moment. */
export interface PostingReader {
  /** The last entry up to that one which posted a rule or a level. */
  postedBy(marketId: bigint, sequence: bigint): Promise<EventRecord | undefined>;
}

/** Where it is read. */
export interface PaymentSources {
  readonly bids: Pick<BidReader, 'find'>;
  readonly allocations: Pick<AllocationReader, 'find'>;
  readonly history: History;
  readonly postings: PostingReader;
}

/** Why an accepted bid pays what it does, line by line: the posted prices of the moment before its decision, and what they follow from. */
export class ExplainPayment {
  constructor(
    private readonly sources: PaymentSources,
    private readonly pace: Pick<PricesPace, 'loop'>,
  ) {}

  async run(request: PaymentRequest): Promise<{ readonly kind: 'not_found' } | Busy | ExplainedPayment> {
    const { organisationId, tenantId = organisationId, isGone } = request;
    const turn = this.pace.loop.run({ tenantId, organisationId, ...(isGone && { isGone }) }, () => this.explain(request));
    return typeof turn === 'string' ? BUSY[turn] : turn.catch(busyWhereLate);
  }

  private async explain({ viewer, bidId }: PaymentRequest): Promise<{ readonly kind: 'not_found' } | ExplainedPayment> {
    const { bids, allocations, history, postings } = this.sources;
    const bid = await bids.find(viewer, bidId);
    const life = bid?.decision?.outcome === 'accepted' ? await allocations.find(viewer, bidId) : undefined;
    if (!bid?.decision || !life) return { kind: 'not_found' };
    const before = bid.decision.sequence - 1n;
    const [then, postedBy] = await Promise.all([history.at(bid.marketId, before), postings.postedBy(bid.marketId, before)]);
    invariant(then !== undefined, 'a market opens before it decides');
    invariant(postedBy !== undefined, 'a log begins with the terms of its market');
    const { lines, siteIds } = life.allocation;
    return { kind: 'explained', bidId, then, postedBy, lines: lines.map((line) => pricedLine(line, then)), siteIds };
  }
}

const pricedLine = (line: LineRecord, { state }: PastMarket): PricedLine => ({ ...line, ...cellFigures(state, line) });
