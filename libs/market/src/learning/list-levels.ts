import type { LogEvent } from '#log';
import type { Micros } from '#units';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { Viewer } from '../reading/index.js';

/** An entry of a log that changed the level. */
export interface LevelEntry {
  readonly sequence: bigint;
  readonly event: LogEvent;
  readonly at: Date;
}

/** A market's level now, and changes of it. */
export interface Levels {
  /** Undefined where the rule is another one. */
  readonly level: Micros | undefined;
  /** Up to which entry of the log bids are measured, and the last entry that there is. */
  readonly measuredThrough: bigint;
  readonly head: bigint;
  readonly entries: readonly LevelEntry[];
}

/** Where levels are read. */
export interface LevelReader {
  /** Undefined where the viewer is no member of the market. */
  levels(viewer: Viewer, marketId: bigint, range: PageRange): Promise<Levels | undefined>;
}

/** A page of changes, oldest first, with the id to go on after; null on the last page. */
export type LevelsOutcome = { readonly kind: 'market_unknown' } | ({ readonly kind: 'page'; readonly nextId: bigint | null } & Levels);

/** How a market's level has moved, for its members: prices are posted to all of them. */
export class ListLevels {
  constructor(private readonly reader: LevelReader) {}

  async run({ viewer, marketId, ...range }: PageRange & { readonly viewer: Viewer; readonly marketId: bigint }): Promise<LevelsOutcome> {
    const found = await this.reader.levels(viewer, marketId, oneMore(range));
    if (!found) return { kind: 'market_unknown' };
    const { rows, nextId } = pageOf(found.entries, range, ({ sequence }) => sequence);
    return { kind: 'page', ...found, entries: rows, nextId };
  }
}
