import { LimitRate } from './limit-rate.js';
import type { Lease, LeaseRequest, RateLimit, TokenBuckets } from './ports.js';

const SECONDS = 20;

/** Buckets in memory, on the test's clock. */
class MemoryBuckets implements TokenBuckets {
  asked = 0;
  trouble: Error | undefined;
  private readonly buckets = new Map<bigint, { tokens: number; atMs: number }>();

  constructor(private readonly clock: { nowMs(): number }) {}

  async lease(requests: readonly LeaseRequest[], limit: RateLimit): Promise<Lease[]> {
    this.asked += 1;
    if (this.trouble) throw this.trouble;
    return requests.map((request) => this.one(request, limit));
  }

  private one({ bucketId, want, back }: LeaseRequest, { perSecond, burst }: RateLimit): Lease {
    const nowMs = this.clock.nowMs();
    const { tokens, atMs } = this.buckets.get(bucketId) ?? { tokens: burst, atMs: nowMs };
    const available = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * perSecond + back);
    const granted = Math.min(want, Math.max(0, Math.floor(available)));
    this.buckets.set(bucketId, { tokens: available - granted, atMs: nowMs });
    return { granted, left: available - granted };
  }
}

describe('LimitRate', () => {
  let nowMs: number;
  let skewMs: number;
  let buckets: MemoryBuckets;
  const instance = (perSecond: number, burst: number): LimitRate =>
    new LimitRate(buckets, { perSecond, burst }, { nowMs: () => nowMs + skewMs });
  const takes = async (limit: LimitRate, bucketId: bigint, times: number): Promise<number> => {
    const outcomes = await Promise.all(Array.from({ length: times }, () => limit.take(bucketId, 1)));
    return outcomes.filter(({ kind }) => kind === 'taken').length;
  };

  beforeEach(() => {
    nowMs = 1_000_000;
    skewMs = 0;
    buckets = new MemoryBuckets({ nowMs: () => nowMs });
  });

  it.each([
    [100, 100],
    [1_000, 2_000],
    [7, 7],
  ])('keeps %i a second with a burst of %i within 1 %% over two instances, and leaves another key alone', async (rate, burst) => {
    const [one, other] = [instance(rate, burst), instance(rate, burst)];
    let greedy = 0,
      modest = 0;
    for (let ms = 0; ms < SECONDS * 1_000; ms += 10, nowMs += 10) {
      greedy += (await takes(one, 1n, 15)) + (await takes(other, 1n, 5));
      if (ms % 1_000 === 0) modest += (await takes(one, 2n, 1)) + (await takes(other, 2n, 1));
    }
    const due = burst + rate * SECONDS;
    expect(greedy).toBeLessThanOrEqual(due);
    expect(greedy).toBeGreaterThanOrEqual(due * 0.99);
    expect(modest).toBe(2 * SECONDS);
  });

  it('asks the buckets far less often than it is asked', async () => {
    const limit = instance(1_000, 1_000);
    for (let ms = 0; ms < 1_000; ms += 1, nowMs += 1) await takes(limit, 1n, 5);
    expect(buckets.asked).toBeLessThan(100);
  });

  it('says when to come back, and lets it pass then', async () => {
    const limit = instance(10, 2);
    expect(await takes(limit, 1n, 3)).toBe(2);
    const refused = await limit.take(1n, 1);
    expect(refused).toEqual({ kind: 'rate_limited', retryAfterMs: 100, left: 0, fullInMs: 200 });
    nowMs += 100;
    expect(await takes(limit, 1n, 2)).toBe(1);
  });

  it('lets a dear request pass once, and has its debt paid before others, in every instance', async () => {
    const [one, other] = [instance(10, 10), instance(10, 10)];
    expect(await one.take(1n, 50)).toMatchObject({ kind: 'taken', left: 0 });
    expect(await other.take(1n, 1)).toMatchObject({ kind: 'rate_limited' });
    nowMs += 3_900;
    expect(await takes(other, 1n, 1)).toBe(0);
    nowMs += 400;
    expect(await takes(other, 1n, 1)).toBe(1);
  });

  it('gives back what lay unused: no more than a burst is ever saved up', async () => {
    const limit = instance(100, 100);
    expect(await takes(limit, 1n, 1)).toBe(1); // takes a lease of five with it
    nowMs += 3_600_000;
    expect(await takes(limit, 1n, 200)).toBe(100);
  });

  it('goes on after the buckets were away, and after its clock was set back', async () => {
    const limit = instance(10, 2);
    buckets.trouble = new Error('away');
    await expect(limit.take(1n, 1)).rejects.toThrow('away');
    buckets.trouble = undefined;
    expect(await takes(limit, 1n, 3)).toBe(2);
    skewMs = -3_600_000;
    expect((await limit.take(1n, 1)).kind).toBe('rate_limited');
    nowMs += 200;
    expect(await takes(limit, 1n, 3)).toBe(2);
  });
});
