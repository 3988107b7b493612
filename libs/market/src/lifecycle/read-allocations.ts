import { oneMore, pageOf } from '../page.js';
import type { Viewer } from '../reading/index.js';
import type { AllocationFilter, AllocationLife, AllocationReader, AllocationSummary } from './ports.js';

/** A page of allocations. */
export interface AllocationsOutcome {
  readonly kind: 'page';
  readonly allocations: readonly AllocationSummary[];
  /** The id to go on after; null on the last page. */
  readonly nextId: bigint | null;
}

/** An allocation, where the viewer may see it. */
export type AllocationOutcome = { readonly kind: 'not_found' } | { readonly kind: 'found'; readonly life: AllocationLife };

/** What became of what was sold, as far as the viewer may see it. */
export class ReadAllocations {
  constructor(private readonly reader: AllocationReader) {}

  /** A page in the order of the bids' ids. Every allocation that was there, and as the filter says, when the walk began is met exactly once. */
  async list({ viewer, ...filter }: AllocationFilter & { readonly viewer: Viewer }): Promise<AllocationsOutcome> {
    const found = await this.reader.list(viewer, { ...filter, ...oneMore(filter) });
    const { rows, nextId } = pageOf(found, filter, ({ bidId }) => bidId);
    return { kind: 'page', allocations: rows, nextId };
  }

  async find(viewer: Viewer, bidId: bigint): Promise<AllocationOutcome> {
    const life = await this.reader.find(viewer, bidId);
    return life ? { kind: 'found', life } : { kind: 'not_found' };
  }
}
