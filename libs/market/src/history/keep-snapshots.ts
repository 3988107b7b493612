import type { Kinds } from '#kinds';
import { at, BoundedMap } from '#units';
import { capacityOf, kindOfCell, pricesOf, usageOf } from '#mechanism';
import { openBook } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import { type OnMarketFailed, Rests } from '../rounds/index.js';
import { Past } from './fold.js';
import { tellExactly } from './history.js';
import type { GrownMarket, HistoryStore, MarketBase, PastState, ResourceFigures } from './ports.js';

/**
 * A state is kept after so many entries at least, and where it is large after more of them: one for each so many cells that it holds. So what is kept
 * grows with the log alone, and making any state again takes no more than so many entries of a market of usual size.
 */
const ENTRIES_BETWEEN_MIN = 20;
const CELLS_PER_ENTRY = 50;

/** Entries of the log between two states that are kept, where so many cells are sold. */
export const entriesBetween = (soldCells: number): number => Math.max(ENTRIES_BETWEEN_MIN, Math.ceil(soldCells / CELLS_PER_ENTRY));

/** Markets whose folds are kept in memory between two rounds. */
const MARKETS_MAX = 64;
/** Entries that are taken in without a pause: some milliseconds, even where each is a large plan. */
const ENTRIES_A_STEP = 100;
/** No log gets so far. */
const SEQUENCE_MAX = 9_223_372_036_854_775_807n;

/** A market's fold, and how many entries it has taken in since a state was kept. */
interface Folding {
  readonly base: MarketBase;
  readonly past: Past;
  /** Everything up to this entry was read: most entries of a log may change nothing. */
  readUpTo: bigint;
  /** Sequence of the last state that is kept, as far as is known here. */
  keptUpTo: bigint;
  since: number;
}

/** Keeps states of markets behind their logs, so that any past moment is near one. Nobody waits for it. */
export class KeepSnapshots {
  private readonly rests: Rests;
  private readonly folding = new BoundedMap<bigint, Folding>(MARKETS_MAX);

  /** @param onFailed told of each market that fails; without it the round ends with the first. */
  constructor(
    readonly store: HistoryStore,
    readonly kinds: Kinds,
    private readonly clock: Clock,
    onFailed?: OnMarketFailed,
  ) {
    this.rests = new Rests(onFailed);
  }

  /** Goes on with every market in turn until all are read or the time is used up. @returns how many entries were taken in. */
  async run(budgetMs: number): Promise<number> {
    const endMs = this.clock.nowMs() + budgetMs;
    const grown = await this.store.grown(ENTRIES_BETWEEN_MIN);
    for (const market of grown) this.checkFolding(market);
    this.rests.keepOnly(new Set(grown.map(({ marketId }) => marketId)));
    const markets = new Set(grown.filter(({ marketId }) => !this.rests.isResting(marketId, this.clock.nowMs())));
    let taken = 0;
    while (markets.size > 0)
      for (const market of markets) {
        if (this.clock.nowMs() >= endMs) return taken;
        const count = (await this.rests.attempt(market.marketId, this.clock.nowMs(), () => this.goOn(market))) ?? 0;
        if (count < ENTRIES_A_STEP) markets.delete(market);
        taken += count;
      }
    return taken;
  }

  /** Takes in some more entries of a market. @returns how many there were. */
  private async goOn(market: GrownMarket): Promise<number> {
    const folding = await this.foldingOf(market);
    if (!folding || folding.readUpTo >= market.head) return 0;
    const { base, past } = folding;
    this.folding.delete(market.marketId); // unless all goes well it is made anew
    const range = { after: folding.readUpTo, upTo: market.head, limit: ENTRIES_A_STEP };
    const entries = await this.store.entries(market.marketId, range);
    for (const entry of entries) {
      past.step(entry);
      if (++folding.since < entriesBetween(past.soldCells)) continue;
      await tellExactly(past, base, this);
      const state = past.at(entry.sequence);
      await this.store.keep({ state, at: entry.at, figures: figuresOf(base, state) });
      folding.since = 0;
      folding.keptUpTo = entry.sequence;
    }
    folding.readUpTo = entries.length < ENTRIES_A_STEP ? market.head : past.sequence;
    this.folding.set(market.marketId, folding);
    return entries.length;
  }

  /** Lets a fold go that another worker is ahead of, or whose states were forgotten. */
  private checkFolding({ marketId, keptUpTo }: GrownMarket): void {
    const known = this.folding.get(marketId);
    if (known && (known.past.sequence < keptUpTo || known.keptUpTo > keptUpTo)) this.folding.delete(marketId);
  }

  /** The fold at hand, or one from the last state that is kept. */
  private async foldingOf({ marketId }: GrownMarket): Promise<Folding | undefined> {
    const known = this.folding.get(marketId);
    if (known) return known;
    const base = await this.store.findBase(marketId);
    if (!base) return undefined;
    const past = new Past(base, await this.store.snapshotBefore(base, SEQUENCE_MAX));
    return { base, past, readUpTo: past.sequence, keptUpTo: past.sequence, since: 0 };
  }
}

/** Slots of a window whose prices are looked at for their mean. */
const PRICED_SLOTS = 16;

/** What is sold and what it costs over the window, by resource: bandwidth first. */
function figuresOf({ operatorId, horizonSlots, chunkKb, bandwidthKb, resources }: MarketBase, state: PastState): ResourceFigures[] {
  const { book } = openBook({ ...state, operatorId, horizonSlots, chunkKb, bandwidthKb, resources });
  const sums = ['bandwidth', ...resources].map((resource) => ({ resource, usedMilli: 0, capacityMilli: 0, price: 0n, priced: 0n }));
  const everySlots = Math.ceil(book.slotCount / PRICED_SLOTS);
  for (let index = 0; index < book.slotCount; index++) {
    const slot = book.baseSlot + index;
    const [used, capacity] = [usageOf(book, slot), capacityOf(book, slot)];
    const prices = index % everySlots === 0 ? pricesOf(book, slot) : [];
    for (let cell = 0; cell < book.stride; cell++) {
      const sum = at(sums, kindOfCell(cell, resources.length));
      sum.usedMilli += at(used, cell);
      sum.capacityMilli += at(capacity, cell);
      if (cell >= prices.length) continue;
      sum.price += at(prices, cell);
      sum.priced += 1n;
    }
  }
  return sums.map(({ resource, usedMilli, capacityMilli, price, priced }) => ({
    resource,
    usedMilli,
    capacityMilli,
    meanPrice: priced === 0n ? 0n : price / priced,
  }));
}
