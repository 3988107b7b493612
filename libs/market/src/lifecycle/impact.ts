import type { Kinds } from '#kinds';
import { micros, type Micros } from '#units';
import { type CapacityWindow, openBook, stateOf } from '../book/index.js';
import { HitScan } from './hits.js';
import { liveOf } from './live.js';
import { dealWithNext } from './repair-markets.js';
import type { RepairStore } from './repair-ports.js';

/** What a window would do to one allocation. */
export interface WindowHit {
  readonly bidId: bigint;
  readonly organisationId: bigint;
  readonly outcome: 'repaired' | 'left' | 'failed';
  /** When it was to be done, as it was sold. */
  readonly promised: number;
  /** When it would be done; null where it would not be. */
  readonly completion: number | null;
  readonly returned: Micros;
}

/** What a window would do. */
export interface WindowImpact {
  /** In which slot of the market. */
  readonly slot: number;
  /** In the order in which they would be dealt with. */
  readonly hits: readonly WindowHit[];
  readonly returned: Micros;
}

/** What the impact of a window is found by. */
export interface ImpactParts {
  readonly store: Pick<RepairStore, 'loadAny' | 'then'>;
  readonly kinds: Kinds;
  /** Lets others have their turn, between one allocation and the next. */
  readonly pause: () => Promise<unknown>;
}

/** What windows would do if they were opened now, all at once: found by the code that deals with those whom they hit, and written nowhere. */
export async function impactOf(
  { store, kinds, pause }: ImpactParts,
  marketId: bigint,
  wanted: readonly CapacityWindow[],
): Promise<WindowImpact> {
  const { rows, live: liveRows } = await store.loadAny(marketId);
  const state = stateOf(rows);
  const open = openBook({ ...state, windows: [...(state.windows ?? []), ...wanted] });
  const live = liveRows.map((row) => liveOf(open, kinds, row));
  const hits: WindowHit[] = [];
  const scan = new HitScan(open, live);
  for (let hit = scan.next(); hit; hit = scan.next()) {
    const { kind, after, returned } = await dealWithNext({ store, kinds }, open, hit);
    const { bidId, promised, standing } = hit;
    const completion = after ? after.current.completion : null;
    hits.push({ bidId, organisationId: standing.bidderId, outcome: kind, promised, completion, returned });
    scan.dealt(after);
    await pause();
  }
  return { slot: state.head.slot, hits, returned: micros(hits.reduce((sum, { returned }) => sum + returned, 0n)) };
}
