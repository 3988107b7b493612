import { invariant } from '#units';

/**
 * How large a market may be in all: what a decision reads at least, and what a book takes of memory (16 bytes a cell). The aim is a decision
 * within 250 ms and a quote within a second; `npm run bench:mechanism -- --only limits` measures both, and docs/decisions/oracle.md says what comes
 * beside them when prices are first looked at.
 */
export const MARKET_LIMITS = {
  /** Slots times (sites times resources, and bandwidth). */
  cells: 2_000_000,
  /** Sites times slots. */
  siteSlots: 500_000,
} as const;

/** A market's size. */
export interface MarketSize {
  readonly sites: number;
  readonly slots: number;
  readonly resources: number;
}

/** Cells of a market's whole window. */
export const cellsOfMarket = ({ sites, slots, resources }: MarketSize): number => slots * (1 + sites * resources);

/** What is too large about a market, and what would do; undefined where nothing is. */
export function sizeFault(size: MarketSize): string | undefined {
  const { sites, slots, resources } = size;
  invariant(sites >= 0 && slots > 0 && resources > 0, 'a market has slots and resources');
  if (sites * slots > MARKET_LIMITS.siteSlots) {
    const most = Math.floor(MARKET_LIMITS.siteSlots / slots);
    return `${sites} sites times ${slots} slots are ${sites * slots}; a market has at most ${MARKET_LIMITS.siteSlots}: at most ${most} sites with this horizon, or a shorter one`;
  }
  const cells = cellsOfMarket(size);
  if (cells <= MARKET_LIMITS.cells) return undefined;
  const most = Math.floor((MARKET_LIMITS.cells / slots - 1) / resources);
  return `${sites} sites times ${resources} resources times ${slots} slots, and bandwidth, are ${cells} cells; a market has at most ${MARKET_LIMITS.cells}: at most ${most} sites with this horizon and these resources, or fewer of either`;
}
