import { at } from '#units';
import type { LoadStage } from './stage.js';

/** A request that is ready to be sent, and how many bids it carries. */
export interface BidRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bids: number;
  /** What tells it from all others. */
  readonly key: string;
}

/** Makes request after request, market by market and bidder by bidder in turn. The same stage gives the same requests. */
export class BidSource {
  private made = 0;
  private bid = 0;

  constructor(
    private readonly stage: LoadStage,
    private readonly bulk: number,
  ) {}

  next(): BidRequest {
    const { markets, bidders, name } = this.stage;
    const turn = this.made++;
    const { marketId, bodies } = at(markets, turn % markets.length);
    const { key: bearer } = at(bidders, Math.floor(turn / markets.length) % bidders.length);
    const authorization = `Bearer ${bearer}`;
    const path = `/v1/markets/${marketId}/bids`;
    const key = `${name}-${turn}`;
    const bodyOf = (): string => at(bodies, Math.floor(this.bid++ / markets.length) % bodies.length);
    if (this.bulk === 1) {
      const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': key };
      return { path, headers, body: `{${bodyOf()}`, bids: 1, key };
    }
    const items = Array.from({ length: this.bulk }, (_, index) => `{"idempotencyKey":"${key}-${index}",${bodyOf()}`);
    const headers = { authorization, 'content-type': 'application/json' };
    return { path: `${path}/bulk`, headers, body: `{"bids":[${items.join(',')}]}`, bids: this.bulk, key };
  }
}
