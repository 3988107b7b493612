import type { BodyFault } from '#kinds';
import type { WindowScope } from '../book/index.js';
import type { PageRange } from '../page.js';
import type { WindowsTx } from './window-ports.js';

/** When something recurs. */
export interface RecurrenceRule {
  /** The value of an RRULE (RFC 5545). */
  readonly rule: string;
  /** From which time of day on which date on, there: 2027-01-31T02:00. It occurs then where the rule says so too. */
  readonly start: string;
  /** Of the time zone database, such as Europe/Berlin. */
  readonly timeZone: string;
}

/** Reads rules. What a rule says follows from it and from the time zones that this machine knows, and of nothing else. */
export interface Recurrence {
  /** What is wrong with a rule; the others are for rules without faults. */
  faultsOf(rule: RecurrenceRule): BodyFault[];
  /** When it occurs, from a moment up to but not including another, ms since 1970: the earliest `max`. */
  within(rule: RecurrenceRule, fromMs: number, toMs: number, max: number): readonly number[];
  /** When it occurs next, from a moment on; undefined where that is not within ten years. */
  firstFrom(rule: RecurrenceRule, fromMs: number): number | undefined;
}

/** Maintenance that comes again and again. */
export interface RecurringTerms extends RecurrenceRule {
  /** How long each occurrence lasts. */
  readonly minutes: number;
  readonly scope: WindowScope;
  readonly siteId: bigint | null;
  /** What is withdrawn, milli-units by the name of the resource; null: everything. */
  readonly amounts: Readonly<Record<string, number>> | null;
  readonly note: string | null;
}

/** Recurring maintenance as it is stored. */
export interface RecurringRecord extends RecurringTerms {
  readonly recurringId: bigint;
  readonly marketId: bigint;
  /** The first slot that it may cover: the one after that in which it was made. */
  readonly fromSlot: number;
  /** Up to which slot its occurrences have become windows. */
  readonly openedSlot: number;
  /** Occurrences that were taken out, ms. */
  readonly skippedMs: readonly number[];
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** An occurrence of recurring maintenance, with the slots that it touches: `to` is the first after it. */
export interface Occurrence {
  readonly occursMs: number;
  readonly from: number;
  readonly to: number;
}

/** A window that is an occurrence of recurring maintenance. */
export interface OccurrenceWindow {
  readonly recurringId: bigint;
  readonly occursMs: number;
  readonly windowId: bigint;
  readonly from: number;
  readonly to: number;
  readonly closedAt: number | null;
}

/** An occurrence as it is told. */
export interface ToldOccurrence extends Occurrence {
  /** Its window; null where it is none yet. */
  readonly windowId: bigint | null;
  /** skipped: it was taken out. closed: its window was. waiting: it is none yet, since the clock has just come near, or another window stands in its way. */
  readonly state: 'planned' | 'active' | 'closed' | 'skipped' | 'waiting';
}

/** Recurring maintenance with its next occurrences. */
export interface ToldRecurring {
  readonly recurring: RecurringRecord;
  readonly occurrences: readonly ToldOccurrence[];
}

/** What recurring maintenance does in the database. */
export interface RecurringTx extends WindowsTx {
  /** Recurring maintenance of a market that has not ended, at most how many. */
  countRecurring(marketId: bigint): Promise<number>;
  insertRecurring(terms: RecurringTerms & Pick<RecurringRecord, 'marketId' | 'fromSlot' | 'openedSlot'>): Promise<RecurringRecord>;
  findRecurring(marketId: bigint, recurringId: bigint): Promise<RecurringRecord | undefined>;
  /** Its windows with slots from one on. */
  listOccurrences(recurringId: bigint, fromSlot: number): Promise<readonly OccurrenceWindow[]>;
  setOpenedSlot(recurringId: bigint, slot: number): Promise<void>;
  setSkipped(recurringId: bigint, skippedMs: readonly number[]): Promise<void>;
  endRecurring(recurringId: bigint): Promise<void>;
}

/** Recurring maintenance whose next occurrences have come near. */
export interface DueRecurring {
  readonly recurringId: bigint;
  readonly marketId: bigint;
  readonly operatorId: bigint;
}

/** Recurring maintenance as it is read. */
export interface RecurringReader {
  /** Of a market, by id, with windows that have slots from one on. */
  list(
    marketId: bigint,
    fromSlot: number,
    range: PageRange,
  ): Promise<{ readonly rows: readonly RecurringRecord[]; readonly windows: readonly OccurrenceWindow[] }>;
  /** Where slots have come near that its occurrences have not become windows of: `horizons` times what is on sale. */
  due(horizons: number): Promise<readonly DueRecurring[]>;
}
