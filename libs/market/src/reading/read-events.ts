import { invariant } from '#units';
import type { EventPage, EventReader, Viewer } from './ports.js';

/** Who reads which market's log, and from where on. */
export interface ReadEventsRequest {
  readonly viewer: Viewer;
  readonly marketId: bigint;
  /** Only events with a higher sequence number. */
  readonly after: bigint;
  readonly limit: number;
}

/** A part of a log, where the viewer sees the market. */
export type EventsOutcome = { readonly kind: 'market_unknown' } | ({ readonly kind: 'page' } & EventPage);

/** The market's log by its own sequence, which has no gaps and commits in order: a reader that goes on from `upTo` misses nothing. */
export class ReadEvents {
  constructor(private readonly reader: EventReader) {}

  async run({ viewer, marketId, after, limit }: ReadEventsRequest): Promise<EventsOutcome> {
    const page = await this.reader.page(viewer, marketId, { after, limit });
    if (!page) return { kind: 'market_unknown' };
    invariant(page.upTo >= after, 'a log only grows');
    return { kind: 'page', ...page };
  }
}
