import type { AllocationRecord, Viewer } from '../reading/index.js';
import type { PageRange } from '../page.js';
import type { AllocationState, SlotState } from './states.js';

/** Which allocations are listed. */
export interface AllocationFilter extends PageRange {
  readonly marketId?: bigint | undefined;
  /** Only those that take anything of that site. */
  readonly siteId?: bigint | undefined;
  /** Only that bidder's. */
  readonly organisationId?: bigint | undefined;
  readonly state?: AllocationState | undefined;
}

/** What became of an allocation so far, in short. */
export interface AllocationSummary {
  readonly bidId: bigint;
  readonly marketId: bigint;
  readonly organisationId: bigint;
  readonly label: string | null;
  /** The name of the kind of job. */
  readonly kind: string;
  readonly state: AllocationState;
  /** Of the plan in force: 0 is the one that the bid was accepted with. */
  readonly revision: number;
  readonly firstSlot: number;
  /** The last slot of the plan in force. */
  readonly lastSlot: number;
  /** How many slots are in each state. */
  readonly slots: Readonly<Record<SlotState, number>>;
  /** What was paid at the acceptance. */
  readonly paymentMicros: bigint;
  /** What of it came back. */
  readonly returnedMicros: bigint;
}

/** A slot of an allocation. */
export interface AllocationSlot {
  readonly slot: number;
  readonly revision: number;
  readonly state: SlotState;
  readonly amountMicros: bigint;
}

/** Money that went back to the bidder. */
export interface AllocationReturn {
  /** The entry of the market's log that says why. */
  readonly sequence: bigint;
  readonly cause: string;
  readonly amountMicros: bigint;
  readonly at: Date;
}

/** What an allocation is linked to: ids of bids. */
export interface AllocationLinks {
  readonly continues: bigint | null;
  /** The first ones. */
  readonly continuedBy: readonly bigint[];
  readonly replaces: bigint | null;
  readonly replacedBy: bigint | null;
}

/** What became of an allocation so far, slot by slot. */
export interface AllocationLife {
  readonly links: AllocationLinks;
  readonly summary: AllocationSummary;
  readonly allocation: AllocationRecord;
  /** By revision and slot. */
  readonly slots: readonly AllocationSlot[];
  /** By sequence. */
  readonly returns: readonly AllocationReturn[];
}

/** Reads of allocations, each one snapshot, of what the viewer may see. */
export interface AllocationReader {
  /** By the ids of their bids, ascending. */
  list(viewer: Viewer, filter: AllocationFilter): Promise<readonly AllocationSummary[]>;
  find(viewer: Viewer, bidId: bigint): Promise<AllocationLife | undefined>;
}
