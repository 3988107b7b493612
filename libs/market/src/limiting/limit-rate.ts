import { at, BoundedMap, invariant } from '#units';
import type { Clock } from '../clock/index.js';
import type { Lease, RateLimit, TokenBuckets } from './ports.js';

/** A lease is what a bucket gets in a twentieth of a second: so many tokens at most lie unused in a process. */
const LEASES_PER_SECOND = 20;
/** Tokens that were leased longer ago go back into the bucket before they count, ms. */
const STALE_MS = 1_000;
/** Buckets remembered; beyond it the one that came first is forgotten, and with it at most a lease. */
const BUCKETS_MAX = 10_000;
const MS_PER_SECOND = 1_000;

/** How a bucket stands. */
export interface RateStanding {
  /** Tokens that are left, as far as this process knows. */
  readonly left: number;
  /** How long until the bucket is full again, ms. */
  readonly fullInMs: number;
}

/** Whether a request may pass, and how its bucket stands. */
export type RateOutcome =
  ({ readonly kind: 'taken' } & RateStanding) | ({ readonly kind: 'rate_limited'; readonly retryAfterMs: number } & RateStanding);

/** What this process holds of a bucket. */
interface Holding {
  readonly bucketId: bigint;
  /** Leased and not used; 0 while a lease is under way. */
  tokens: number;
  /** What the bucket had when it was last asked. */
  left: number;
  askedAtMs: number;
  /** The bucket is not asked again before: it has nothing. */
  restUntilMs: number;
  /** Callers that wait for the lease under way. */
  waiting: number;
  leasing: Promise<void> | undefined;
}

/** A holding whose lease is waited for. */
interface Asking {
  readonly holding: Holding;
  readonly back: number;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Token buckets, each for a key, an organisation or a family, that hold over all processes: the buckets are in one place, and each process takes a few tokens at a time,
 * so that a request costs no round trip. Never more than `burst + perSecond * seconds` tokens are used; at most a lease for each further
 * process lies idle. A request may cost more than is there: it passes as one of cost 1 would, and those after it wait for its debt.
 */
export class LimitRate {
  private readonly holdings = new BoundedMap<bigint, Holding>(BUCKETS_MAX);
  private asking: Asking[] = [];
  private isAsking = false;
  /** Tokens of a lease. */
  private readonly portion: number;

  constructor(
    private readonly buckets: TokenBuckets,
    readonly limit: RateLimit,
    private readonly clock: Clock,
  ) {
    invariant(limit.perSecond > 0, 'a limit lets something through');
    invariant(limit.burst >= 1, 'a bucket holds a token');
    this.portion = Math.max(1, Math.floor(Math.min(limit.perSecond / LEASES_PER_SECOND, limit.burst / 2)));
  }

  /**
   * Takes a request's tokens.
   * @param cost whole, at least 1. Rejects where the buckets are not reached.
   */
  async take(bucketId: bigint, cost: number): Promise<RateOutcome> {
    invariant(Number.isInteger(cost) && cost >= 1, 'a request costs at least one token');
    const holding = this.holdingOf(bucketId);
    while (this.mustAsk(holding)) await this.ask(holding);
    if (holding.tokens < 1) return { kind: 'rate_limited', retryAfterMs: this.restMs(holding), ...this.standing(holding) };
    holding.tokens -= cost;
    if (holding.tokens < 0) await this.ask(holding); // tells the others of the debt
    return { kind: 'taken', ...this.standing(holding) };
  }

  /**
   * Takes tokens for what turned out to be dearer than it was let in for: never refused, those after it wait for the debt.
   * @param cost whole, at least 1. Rejects where the buckets are not reached.
   */
  async charge(bucketId: bigint, cost: number): Promise<void> {
    invariant(Number.isInteger(cost) && cost >= 1, 'a charge is at least one token');
    const holding = this.holdingOf(bucketId);
    holding.tokens -= cost;
    if (holding.tokens < 0 && !holding.leasing) await this.ask(holding);
  }

  private mustAsk(holding: Holding): boolean {
    if (holding.leasing) return true;
    const ageMs = this.clock.nowMs() - holding.askedAtMs;
    const isStale = ageMs > STALE_MS || ageMs < 0; // a clock that was set back: ask anew
    return isStale || (holding.tokens < 1 && this.restMs(holding) === 0);
  }

  private restMs({ restUntilMs }: Holding): number {
    return Math.max(0, restUntilMs - this.clock.nowMs());
  }

  private standing({ tokens, left }: Holding): RateStanding {
    const { perSecond, burst } = this.limit;
    const all = left + tokens;
    return { left: Math.max(0, Math.floor(all)), fullInMs: Math.max(0, ((burst - all) / perSecond) * MS_PER_SECOND) };
  }

  /** Gives back what is held and takes a new lease; callers that come meanwhile share it. */
  private async ask(holding: Holding): Promise<void> {
    holding.waiting += 1;
    holding.leasing ??= this.lease(holding);
    try {
      await holding.leasing;
    } finally {
      holding.waiting -= 1;
    }
  }

  private async lease(holding: Holding): Promise<void> {
    const back = holding.tokens;
    holding.tokens = 0;
    try {
      await new Promise<void>((resolve, reject) => {
        this.asking.push({ holding, back, resolve, reject });
        if (!this.isAsking) void this.askAll();
      });
    } catch (cause) {
      holding.tokens += back;
      throw cause;
    } finally {
      holding.leasing = undefined;
    }
  }

  /** One question at a time, for all the buckets that have come up meanwhile. Never rejects: those who asked are told. */
  private async askAll(): Promise<void> {
    this.isAsking = true;
    await Promise.resolve(); // those who come in the same turn go along
    while (this.asking.length > 0) {
      const all = this.asking;
      this.asking = [];
      try {
        const leases = await this.buckets.lease(all.map(requestOf(this.portion)), this.limit);
        invariant(leases.length === all.length, 'every bucket has its lease');
        all.forEach(({ holding }, index) => this.receive(holding, at(leases, index)));
        for (const { resolve } of all) resolve();
      } catch (cause) {
        for (const { reject } of all) reject(cause);
      }
    }
    this.isAsking = false;
  }

  private receive(holding: Holding, { granted, left }: Lease): void {
    const nowMs = this.clock.nowMs();
    const lackMs = ((this.portion - left) / this.limit.perSecond) * MS_PER_SECOND;
    holding.tokens += granted;
    holding.left = left;
    holding.askedAtMs = nowMs;
    holding.restUntilMs = granted === 0 ? nowMs + Math.max(1, Math.ceil(lackMs)) : 0;
  }

  private holdingOf(bucketId: bigint): Holding {
    const known = this.holdings.get(bucketId);
    if (known) return known;
    const holding: Holding = { bucketId, tokens: 0, left: 0, askedAtMs: -Infinity, restUntilMs: 0, waiting: 0, leasing: undefined };
    this.holdings.set(bucketId, holding);
    return holding;
  }
}

const requestOf =
  (portion: number) =>
  ({ holding: { bucketId, waiting }, back }: Asking): { bucketId: bigint; want: number; back: number } => ({
    bucketId,
    want: Math.max(portion, waiting),
    back,
  });
