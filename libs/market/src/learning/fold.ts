import type { BidBody, Kinds } from '#kinds';
import {
  type Book,
  type Density,
  densityOf,
  emptyHistory,
  type LearningHistory,
  type LearningRule,
  learntLevel,
  type LearntLevel,
  type MarketSpec,
  referenceBook,
  type Report,
  weightOf,
  withReports,
} from '#mechanism';
import { invariant, micros } from '#units';
import { arrivalOf, type BookTerms, specOf } from '../book/index.js';

/** A decided bid, as the log has it. */
export interface ReportingBid {
  readonly bidId: bigint;
  readonly sequence: bigint;
  /** The slot that it was decided in: its first. */
  readonly slot: number;
  readonly organisationId: bigint;
  readonly body: BidBody;
  readonly fundsMicros: bigint;
}

/** A bid to be measured: on which market, and what stays of it beside its density. */
export interface Measurable {
  readonly bid: ReportingBid;
  /** The market as it was when the bid was decided. */
  readonly state: BookTerms;
  readonly weight: number;
}

/** Where a fold stands beside its reports: what a database keeps of it. */
export interface FoldMark {
  /** The slot that learning began in; undefined where the market does not learn. */
  readonly since: number | undefined;
  /** The slot of the last bid, and how many bids it has had. */
  readonly slot: number;
  readonly bids: number;
}

/** Before the first entry. */
export const FOLD_START: FoldMark = { since: undefined, slot: 0, bids: 0 };

/** What a market has learnt by an entry of its log: folded entry by entry, the same for whoever does it. */
export class LearningFold {
  private history: LearningHistory | undefined;
  private slot: number;
  private bids: number;

  constructor({ since, slot, bids }: FoldMark, horizonSlots: number, reports: readonly Report[] = []) {
    this.history = since === undefined ? undefined : withReports(emptyHistory(since, horizonSlots), reports);
    this.slot = slot;
    this.bids = bids;
  }

  get mark(): FoldMark {
    return { since: this.history?.since, slot: this.slot, bids: this.bids };
  }

  /**
   * The market has these terms from here on: learning begins with a rule that learns, and ends with another one. Where it begins again in a slot of which
   * bids were measured before, it does so with the next one: a report is told from its slot whether it counts.
   */
  under(state: BookTerms): void {
    if (state.terms.prices.kind !== 'learning') this.history = undefined;
    else this.history ??= emptyHistory(this.firstSlot(arrivalOf(state.head)), state.horizonSlots);
  }

  private firstSlot(slot: number): number {
    return this.bids > 0 && this.slot >= slot ? this.slot + 1 : slot;
  }

  /** A bid was decided: what is to be measured of it; undefined where it is left out (weightOf) or nothing is learnt. */
  decided(bid: ReportingBid, state: BookTerms): Measurable | undefined {
    if (state.terms.prices.kind !== 'learning') return undefined;
    this.bids = bid.slot === this.slot ? this.bids + 1 : 1;
    this.slot = bid.slot;
    const weight = weightOf(this.bids - 1);
    if (weight === 0) return undefined;
    return { bid, state, weight };
  }

  /** What was measured of bids; those that say nothing of demand are none. */
  add(reports: readonly Report[]): void {
    if (this.history) this.history = withReports(this.history, reports);
  }

  /** The level from here on, in the market as it is now; undefined where nothing was learnt. */
  level(state: BookTerms, rule: LearningRule): LearntLevel | undefined {
    const slot = arrivalOf(state.head);
    if (!this.history || this.history.reports.length === 0 || slot < this.history.since) return undefined;
    return learntLevel(this.history, slot, rule);
  }

  /** Whether there is a horizon of slots to look back at. */
  isWarm(state: BookTerms): boolean {
    return this.history !== undefined && arrivalOf(state.head) - this.history.since >= this.history.horizonSlots;
  }
}

/** A measured bid as a report. */
export const reportOf = ({ bid, weight }: Measurable, density: Density): Report => ({
  ...density,
  slot: bid.slot,
  organisationId: bid.organisationId,
  weight,
});

/** Bids to be measured in one market as it was. */
export interface MeasureTask {
  readonly spec: MarketSpec;
  readonly sites: BookTerms['sites'];
  readonly bids: readonly { readonly body: BidBody; readonly fundsMicros: bigint }[];
}

/** The task of bids that were decided in the same state of the market. */
export const measureTaskOf = ({ state }: Measurable, bids: readonly Measurable[]): MeasureTask => ({
  spec: specOf(state),
  sites: state.sites,
  bids: bids.map(({ bid }) => ({ body: bid.body, fundsMicros: bid.fundsMicros })),
});

/** The densities of bids; undefined of those that say nothing of demand. */
export function measure({ spec, sites, bids }: MeasureTask, kinds: Kinds): (Density | undefined)[] {
  const book = referenceBook(spec);
  return bids.map((bid) => measureOn(book, sites, bid, kinds));
}

function measureOn(
  book: Book,
  sites: BookTerms['sites'],
  { body, fundsMicros }: MeasureTask['bids'][number],
  kinds: Kinds,
): Density | undefined {
  const reading = kinds.parse(body, { sites, resources: book.spec.resources });
  invariant(reading.kind === 'bid', 'a bid that was decided is readable');
  return densityOf({ book, bid: reading.bid, oracle: reading.bid.kind.oracle, fundsMicros: micros(fundsMicros) });
}
