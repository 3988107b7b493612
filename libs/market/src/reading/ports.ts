import type { LogEvent } from '#log';
import type { Refusal } from '#mechanism';
import type { BidContext } from '#kinds';
import type { Role } from '../tenancy/index.js';

/** Who reads. Operators and auditors see what happens in the markets of their organisation; bidders see their own bids. */
export interface Viewer {
  readonly organisationId: bigint;
  readonly role: Role;
}

/** What became of a bid so far. */
export type BidStatus = 'queued' | 'accepted' | 'refused';

/** A decision as it is stored. */
export interface DecisionRecord {
  readonly sequence: bigint;
  readonly priceVersion: bigint;
  readonly outcome: 'accepted' | 'refused';
  readonly arrivalSlot: number;
  readonly completion: number | null;
  readonly valueMicros: bigint | null;
  readonly paymentMicros: bigint;
  /** Why it was refused; null where it was not. */
  readonly reason: Refusal | null;
  readonly decidedAt: Date;
}

/** A bid as it is stored, with its decision. */
export interface BidRecord {
  readonly bidId: bigint;
  readonly marketId: bigint;
  readonly organisationId: bigint;
  readonly label: string | null;
  readonly receivedAt: Date;
  readonly decision: DecisionRecord | null;
}

/** Which bids are listed. */
export interface BidFilter {
  readonly status?: BidStatus | undefined;
  readonly label?: string | undefined;
  /** Only bids with a higher id. */
  readonly afterId: bigint;
  /** At most so many. */
  readonly limit: number;
}

/** One line of a payment as it was recorded: amounts in micro-credits as text. */
export interface LineRecord {
  readonly slot: number;
  readonly site: number | null;
  readonly resource: string;
  readonly quantityMilli: number;
  readonly unitPrice: string;
  readonly amount: string;
}

/** What an accepted bid was given, as it is stored. */
export interface AllocationRecord {
  readonly bidId: bigint;
  readonly marketId: bigint;
  readonly paymentMicros: bigint;
  readonly lines: readonly LineRecord[];
  /** The name of the kind of job, and the plan as that kind's codec wrote it. */
  readonly kind: string;
  readonly plan: unknown;
  /** Site ids by ordinal. */
  readonly siteIds: readonly bigint[];
}

/** Reads of bids, each one snapshot, of what the viewer may see. */
export interface BidReader {
  find(viewer: Viewer, bidId: bigint): Promise<BidRecord | undefined>;
  /** Ids ascending; undefined where the viewer sees no such market. */
  list(viewer: Viewer, marketId: bigint, filter: BidFilter): Promise<readonly BidRecord[] | undefined>;
  /** Those of the bids that are decided. */
  decidedAmong(bidIds: readonly bigint[]): Promise<readonly bigint[]>;
}

/** An entry of a market's log. */
export interface EventRecord {
  readonly sequence: bigint;
  readonly event: LogEvent;
  readonly at: Date;
}

/** A part of a market's log. */
export interface EventPage {
  /** Sequence ascending; without those that the viewer may not see. */
  readonly events: readonly EventRecord[];
  /** Everything up to this sequence number is in this page or before it. */
  readonly upTo: bigint;
}

/** Reads logs of markets. */
export interface EventReader {
  /** Events after a sequence number, as of one moment; undefined where the viewer sees no such market. */
  page(viewer: Viewer, marketId: bigint, range: { readonly after: bigint; readonly limit: number }): Promise<EventPage | undefined>;
}

/** Reads what bodies of bids are read against. */
export interface BidContextReader {
  /** What a bid's body is read against; undefined where the organisation sees no such market. */
  findContext(organisationId: bigint, marketId: bigint): Promise<BidContext | undefined>;
  /** Whether an allocation is an organisation's own. */
  hasAllocation(organisationId: bigint, bidId: bigint): Promise<boolean>;
}
