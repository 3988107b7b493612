import type { LimitRate, RateOutcome } from '#market';
import type { FastifyReply } from 'fastify';
import { problemOfOutcome } from './answer.js';
import type { Caller } from './api-key-cache.js';

/** Who a limit holds for: by which of a caller's ids it is counted, and what it is called in the answer. */
export interface RateRule {
  readonly name: 'key' | 'organisation' | 'family';
  readonly limit: LimitRate;
  /** The bucket that a caller's requests are taken from. */
  readonly bucketOf: (caller: Caller) => bigint;
}

const WHO = {
  key: 'This key asks',
  organisation: 'The keys of this organisation together ask',
  family: 'The operator and the organisations that it made together ask',
} as const;

/** Lets requests through as fast as every limit allows: that of the key, of its organisation, of the operator's family. */
export class RateLimiter {
  private readonly policy: string;

  /** @param onLimited told of each request too many. */
  constructor(
    private readonly rules: readonly RateRule[],
    private readonly onLimited: () => void = () => undefined,
  ) {
    this.policy = rules.map(policyOf).join(', ');
  }

  /** Whether there is any limit. */
  get isOn(): boolean {
    return this.rules.length > 0;
  }

  /** @throws ProblemError rate_limited, with Retry-After, for a request too many. Writes how the caller stands to the answer either way. */
  async pass(caller: Caller, reply: FastifyReply): Promise<void> {
    const standings: string[] = [];
    for (const { name, limit, bucketOf } of this.rules) {
      const outcome = await limit.take(bucketOf(caller), 1);
      standings.push(standingOf(name, outcome));
      if (outcome.kind === 'taken') continue;
      this.onLimited();
      reply.headers(this.headersOf(standings));
      const detail = `${WHO[name]} too often.`;
      throw problemOfOutcome(Object.assign({ detail }, outcome));
    }
    reply.headers(this.headersOf(standings));
  }

  async charge(caller: Caller, cost: number): Promise<void> {
    if (cost > 0) await Promise.all(this.rules.map(({ limit, bucketOf }) => limit.charge(bucketOf(caller), cost)));
  }

  /** RateLimit-Policy and RateLimit, as in draft-ietf-httpapi-ratelimit-headers: quota and window, what is left and when it is whole again. */
  private headersOf(standings: readonly string[]): Record<string, string> {
    return { 'ratelimit-policy': this.policy, ratelimit: standings.join(', ') };
  }
}

const policyOf = ({ name, limit: { limit } }: RateRule): string =>
  `"${name}";q=${limit.burst};w=${Math.ceil(limit.burst / limit.perSecond)}`;

const standingOf = (name: string, { left, fullInMs }: RateOutcome): string => `"${name}";r=${left};t=${Math.ceil(fullInMs / 1000)}`;
