import { type BidBody, type BidContext, type BodyFault, toBid } from '../bid-body.js';
import type { BidContextReader } from './ports.js';

/** Contexts kept; beyond it the one that was read longest ago goes. */
const CONTEXTS_MAX = 2_000;

export type CheckOutcome =
  { readonly kind: 'market_unknown' } | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] } | { readonly kind: 'readable' };

/**
 * Checks a bid against its market before it is stored. Sites and resources are remembered: they never go away, so a bid that was
 * readable stays readable; where one is not, the market is read again, as it may have got a site since.
 */
export class CheckBid {
  private readonly contexts = new Map<string, BidContext>();
  private readonly reading = new Map<string, Promise<BidContext | undefined>>();

  constructor(private readonly reader: BidContextReader) {}

  async run({ organisationId, marketId, body }: { organisationId: bigint; marketId: bigint; body: BidBody }): Promise<CheckOutcome> {
    const name = `${organisationId}:${marketId}`;
    const cached = this.contexts.get(name);
    if (cached && toBid(body, cached).kind === 'bid') return { kind: 'readable' };
    const earlier = this.reading.get(name); // begun before this bid came: good enough if the bid is readable by it
    if (earlier) {
      const context = await earlier;
      if (context && toBid(body, context).kind === 'bid') return { kind: 'readable' };
    }
    const context = await (this.reading.get(name) ?? this.read(name, organisationId, marketId));
    if (!context) return { kind: 'market_unknown' };
    const reading = toBid(body, context);
    return reading.kind === 'faults' ? reading : { kind: 'readable' };
  }

  private async read(name: string, organisationId: bigint, marketId: bigint): Promise<BidContext | undefined> {
    const own = this.reader.findContext(organisationId, marketId);
    this.reading.set(name, own);
    try {
      const context = await own;
      if (context) this.keep(name, context);
      return context;
    } finally {
      if (this.reading.get(name) === own) this.reading.delete(name);
    }
  }

  private keep(name: string, context: BidContext): void {
    this.contexts.delete(name);
    this.contexts.set(name, context);
    if (this.contexts.size > CONTEXTS_MAX) this.contexts.delete(this.contexts.keys().next().value as string);
  }
}
