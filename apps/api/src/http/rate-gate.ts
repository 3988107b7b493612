import { LIMITS } from '#contracts';
import type { LimitRate, RateOutcome } from '#market';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOfOutcome } from './answer.js';

/** Lets a key's requests through as fast as its limit allows; all of them where there is no limit. */
export class RateGate {
  /** @param onLimited told of each request too many. */
  constructor(
    private readonly limitRate: LimitRate | undefined,
    private readonly onLimited: () => void = () => undefined,
  ) {}

  /** @throws ProblemError rate_limited, with Retry-After, for a request too many. Writes how the key stands to the answer either way. */
  async pass(keyId: bigint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!this.limitRate) return;
    const outcome = await this.limitRate.take(keyId, costOf(request.body));
    reply.headers(headersOf(this.limitRate, outcome));
    if (outcome.kind === 'taken') return;
    this.onLimited();
    throw problemOfOutcome(outcome);
  }
}

/** A request counts as one, and one that brings many bids as so many. The body is not checked yet. */
function costOf(body: unknown): number {
  const bids: unknown = typeof body === 'object' && body !== null && 'bids' in body ? body.bids : undefined;
  return Array.isArray(bids) ? Math.min(Math.max(1, bids.length), LIMITS.bulkBids) : 1;
}

/** RateLimit-Policy and RateLimit, as in draft-ietf-httpapi-ratelimit-headers: quota and window, what is left and when it is whole again. */
function headersOf({ limit: { perSecond, burst } }: LimitRate, { left, fullInMs }: RateOutcome): Record<string, string> {
  return {
    'ratelimit-policy': `"key";q=${burst};w=${Math.ceil(burst / perSecond)}`,
    ratelimit: `"key";r=${left};t=${Math.ceil(fullInMs / 1000)}`,
  };
}
