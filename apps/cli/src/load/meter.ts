import { build, type Histogram } from 'hdr-histogram-js';
import { at } from '#units';
import type { Clock } from './options.js';

/** Microseconds: an hour is the longest that is told apart. */
const LONGEST_US = 3_600_000_000;
/** Width of a point of the timeline, ms. */
export const POINT_MS = 250;

/** What happened within one point of the timeline. */
export interface Point {
  acked: number;
  decided: number;
}

/** Measures a load: what was sent, acknowledged, decided, and how long that took. Times are those of the client. */
export class Meter {
  readonly accept = histogram();
  readonly decide = histogram();
  readonly points: Point[] = [];
  /** What failed, by what it was. */
  readonly failures = new Map<string, number>();
  sent = 0;
  turnedAway = 0;
  accepted = 0;
  refused = 0;
  decidedTwice = 0;
  private startedMs: number;
  private measuredFromMs: number;
  private lastDecidedMs = 0;
  private lastAckedMs = 0;
  private readonly ackedAtMs = new Map<string, number>();
  private readonly decidedAtMs = new Map<string, number>();
  private bothCount = 0;

  constructor(private readonly clock: Clock) {
    this.startedMs = clock.nowMs();
    this.measuredFromMs = this.startedMs;
  }

  /** The load begins now: what was prepared before does not count. Latencies are measured of what is due `warmupMs` later, and after that. */
  start(warmupMs = 0): void {
    this.startedMs = this.clock.nowMs();
    this.measuredFromMs = this.startedMs + warmupMs;
  }

  get ackedIds(): IterableIterator<string> {
    return this.ackedAtMs.keys();
  }

  get acked(): number {
    return this.ackedAtMs.size;
  }

  get decided(): number {
    return this.decidedAtMs.size;
  }

  /** Acknowledged bids whose decision has not been seen. */
  get pending(): number {
    return this.ackedAtMs.size - this.bothCount;
  }

  /** From the start to the last acknowledgement, and to the last decision that was seen, ms. */
  get ackingMs(): number {
    return Math.max(1, this.lastAckedMs - this.startedMs);
  }

  get decidingMs(): number {
    return Math.max(1, this.lastDecidedMs - this.startedMs);
  }

  /** A request was answered: bids with these ids are stored. @param sinceMs when it was due to be sent. */
  ack(bidIds: readonly string[], sinceMs: number): void {
    const nowMs = this.clock.nowMs();
    if (sinceMs >= this.measuredFromMs) this.accept.recordValue(microseconds(nowMs - sinceMs));
    this.lastAckedMs = nowMs;
    this.pointAt(nowMs).acked += bidIds.length;
    for (const bidId of bidIds) {
      this.ackedAtMs.set(bidId, nowMs);
      const decidedMs = this.decidedAtMs.get(bidId);
      if (decidedMs !== undefined) this.record(nowMs, 0); // the decision was quicker than the answer
    }
  }

  /** The event of a decision was seen. */
  decision(bidId: string, outcome: 'accepted' | 'refused'): void {
    const nowMs = this.clock.nowMs();
    if (this.decidedAtMs.has(bidId)) {
      this.decidedTwice++;
      return;
    }
    this.decidedAtMs.set(bidId, nowMs);
    this[outcome]++;
    this.lastDecidedMs = nowMs;
    this.pointAt(nowMs).decided++;
    const ackedMs = this.ackedAtMs.get(bidId);
    if (ackedMs !== undefined) this.record(ackedMs, nowMs - ackedMs);
  }

  fail(what: string): void {
    this.failures.set(what, (this.failures.get(what) ?? 0) + 1);
  }

  private record(ackedMs: number, ms: number): void {
    this.bothCount++;
    if (ackedMs >= this.measuredFromMs) this.decide.recordValue(microseconds(ms));
  }

  private pointAt(nowMs: number): Point {
    const index = Math.max(0, Math.floor((nowMs - this.startedMs) / POINT_MS));
    while (this.points.length <= index) this.points.push({ acked: 0, decided: 0 });
    return at(this.points, index);
  }
}

const histogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: LONGEST_US, numberOfSignificantValueDigits: 3 });

const microseconds = (ms: number): number => Math.min(LONGEST_US, Math.max(0, Math.round(ms * 1000)));
