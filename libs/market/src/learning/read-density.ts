import { invariant } from '#units';
import type { BidReader, Viewer } from '../reading/ports.js';

/** What is kept of a bid's report. */
export interface StoredDensity {
  /** Micro-credits: the level at which an empty market would just not sell to it. */
  readonly levelMicros: bigint;
  readonly slots: number;
  /** Of bandwidth and each resource, thousand-millionths of what the market has in a slot. */
  readonly shares: readonly number[];
  readonly weight: number;
}

/** Where densities are read. */
export interface DensityReader {
  /** Up to which entry the bids of the bid's market are measured, what its resources are, and what was measured of the bid. */
  density(
    bidId: bigint,
  ): Promise<{ readonly through: bigint; readonly resources: readonly string[]; readonly stored: StoredDensity | undefined }>;
}

/** A bid's density: measured, still to be measured, or none: it was left out or says nothing of demand, or prices are not learnt. */
export type DensityOutcome =
  | { readonly kind: 'not_found' }
  | {
      readonly kind: 'density';
      readonly bidId: bigint;
      readonly state: 'measured' | 'waiting' | 'none';
      readonly resources: readonly string[];
      readonly stored: StoredDensity | undefined;
    };

/** What a bid reports of demand, for those who may see it. */
export class ReadDensity {
  constructor(
    private readonly bids: Pick<BidReader, 'find'>,
    private readonly densities: DensityReader,
  ) {}

  async run(viewer: Viewer, bidId: bigint): Promise<DensityOutcome> {
    const bid = await this.bids.find(viewer, bidId);
    if (!bid) return { kind: 'not_found' };
    const { through, resources, stored } = await this.densities.density(bidId);
    invariant(!stored || bid.decision !== null, 'what is measured is decided');
    const isBehind = !bid.decision || bid.decision.sequence > through;
    return { kind: 'density', bidId, state: stored ? 'measured' : isBehind ? 'waiting' : 'none', resources, stored };
  }
}
