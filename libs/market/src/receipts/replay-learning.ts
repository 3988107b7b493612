import type { Kinds } from '#kinds';
import type { PayloadOf } from '#log';
import type { LearningRule, Report } from '#mechanism';
import { invariant } from '#units';
import type { BookTerms } from '../book/index.js';
import { FOLD_START, LearningFold, type Measurable, measure, measureTaskOf, reportOf } from '../learning/index.js';
import { jsonOf, type LogRecord } from './rows.js';

type Folding = { readonly sequence: bigint } & (
  { readonly kind: 'bid'; readonly record: LogRecord; readonly state: BookTerms } | { readonly kind: 'change'; readonly state: BookTerms }
);

/** What a market learns, again: entries wait until one of the log tells a level, and are folded as far as that one says. */
export class LearningReplay {
  private readonly fold: LearningFold;
  private waiting: Folding[] = [];

  constructor(
    horizonSlots: number,
    private readonly kinds: Kinds,
  ) {
    this.fold = new LearningFold(FOLD_START, horizonSlots);
  }

  /** A bid was decided. @param state the market before. */
  decided(record: LogRecord, state: BookTerms): void {
    if (state.terms.prices.kind === 'learning') this.waiting.push({ kind: 'bid', sequence: record.sequence, record, state });
  }

  /** Something else has happened. @param state the market after it. */
  changed(sequence: bigint, state: BookTerms): void {
    this.waiting.push({ kind: 'change', sequence, state });
  }

  /**
   * What is wrong with a level that the log tells; undefined where it is the one that follows. @param state the market before it. @param isLate whether
   * bids were decided in the slot: then only a cold market's level moves.
   */
  fault(
    payload: PayloadOf<'prices_changed'>,
    state: BookTerms,
    { rule, isLate }: { readonly rule: LearningRule; readonly isLate: boolean },
  ): string | undefined {
    this.foldThrough(payload.through);
    if (isLate && this.fold.isWarm(state)) return 'a warm market has another level, though a bid was decided in the slot';
    const left = this.waiting.filter(({ kind }) => kind === 'bid').length;
    if (!rule.learns) return 'a level is learnt, though the rule holds it';
    const learnt = this.fold.level(state, rule);
    if (!learnt) return 'a level is learnt where nothing was measured';
    const expected = { ...learnt, fromMicros: rule.level, doubted: learnt.doubted.length, left };
    for (const [name, value] of Object.entries(expected)) {
      const told = payload[name as keyof typeof expected];
      if (told !== value) return `payload.${name} is ${told}, must be ${value}`;
    }
    return undefined;
  }

  private foldThrough(through: bigint): void {
    const count = this.waiting.findIndex(({ sequence }) => sequence > through);
    const due = count < 0 ? this.waiting : this.waiting.slice(0, count);
    this.waiting = count < 0 ? [] : this.waiting.slice(count);
    const reports: Report[] = [];
    for (const entry of due) {
      if (entry.kind === 'bid') reports.push(...this.reportsOf(entry.record, entry.state));
      else this.fold.under(entry.state);
    }
    this.fold.add(reports);
  }

  /** What a bid reports: nothing where it is left out, or says nothing. */
  private reportsOf({ bid, decision, sequence }: LogRecord, state: BookTerms): Report[] {
    invariant(bid !== undefined && decision !== undefined, 'a decided bid is stored');
    const body = jsonOf(bid.body);
    invariant(this.kinds.hasForm(body), 'a bid that was decided is readable');
    const reporting = {
      bidId: BigInt(bid.id ?? 0),
      sequence,
      slot: Number(decision.arrival_slot),
      organisationId: BigInt(bid.organisation_id ?? 0),
      body,
      fundsMicros: BigInt(decision.funds_micros ?? 0),
    };
    const measurable: Measurable | undefined = this.fold.decided(reporting, state);
    if (!measurable) return [];
    const [density] = measure(measureTaskOf(measurable, [measurable]), this.kinds);
    return density ? [reportOf(measurable, density)] : [];
  }
}
