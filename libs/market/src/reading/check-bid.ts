import { BoundedMap } from '#units';
import type { BidBody, BidContext, BodyFault, Kinds } from '#kinds';
import type { BidContextReader } from './ports.js';

/** Contexts kept; beyond it the one that was read longest ago goes. */
const CONTEXTS_MAX = 2_000;

/** Whether a body is a bid of its market. */
export type CheckOutcome =
  { readonly kind: 'market_unknown' } | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] } | { readonly kind: 'readable' };

const READABLE: CheckOutcome = { kind: 'readable' };

/** A body, and the market that it is meant for, as one of the organisation's. */
export interface BidToCheck {
  readonly organisationId: bigint;
  readonly marketId: bigint;
  readonly body: BidBody;
}

/** A context that is remembered, and its quick test. */
interface Known {
  readonly context: BidContext;
  readonly isReadable: (body: BidBody) => boolean;
}

/**
 * Checks a bid against its market before it is stored. Sites and resources are remembered: they never go away, so a bid that was
 * readable stays readable; where one is not, the market is read again, as it may have got a site since.
 */
export class CheckBid {
  private readonly known = new BoundedMap<string, Known>(CONTEXTS_MAX);
  private readonly reading = new Map<string, Promise<Known | undefined>>();

  constructor(
    private readonly reader: BidContextReader,
    private readonly kinds: Kinds,
  ) {}

  /** Whether a bid is readable by what is remembered of its market; if not, `run` tells. */
  isReadable({ organisationId, marketId, body }: BidToCheck): boolean {
    return body.continues === undefined && this.known.get(`${organisationId}:${marketId}`)?.isReadable(body) === true;
  }

  async run(bid: BidToCheck): Promise<CheckOutcome> {
    const { organisationId, body } = bid;
    const outcome = await this.read(bid);
    if (outcome.kind !== 'readable' || body.continues === undefined) return outcome;
    if (await this.reader.hasAllocation(organisationId, BigInt(body.continues))) return READABLE;
    return { kind: 'faults', faults: [{ path: '$.continues', message: 'must be the id of an allocation of yours' }] };
  }

  private async read({ organisationId, marketId, body }: BidToCheck): Promise<CheckOutcome> {
    const name = `${organisationId}:${marketId}`;
    if (this.known.get(name)?.isReadable(body)) return READABLE;
    const earlier = this.reading.get(name); // begun before this bid came: good enough if the bid is readable by it
    if (earlier && (await earlier)?.isReadable(body)) return READABLE;
    const known = await (this.reading.get(name) ?? this.remember(name, organisationId, marketId));
    if (!known) return { kind: 'market_unknown' };
    if (known.isReadable(body)) return READABLE;
    const reading = this.kinds.parse(body, known.context);
    return reading.kind === 'faults' ? reading : READABLE;
  }

  private async remember(name: string, organisationId: bigint, marketId: bigint): Promise<Known | undefined> {
    const own = this.find(organisationId, marketId);
    this.reading.set(name, own);
    try {
      const known = await own;
      if (known) this.known.set(name, known);
      return known;
    } finally {
      if (this.reading.get(name) === own) this.reading.delete(name);
    }
  }

  private async find(organisationId: bigint, marketId: bigint): Promise<Known | undefined> {
    const context = await this.reader.findContext(organisationId, marketId);
    return context && { context, isReadable: this.kinds.readabilityIn(context) };
  }
}
