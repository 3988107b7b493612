import type { Kinds } from '#kinds';
import type { MarketState } from '../book/index.js';
import { Past } from './fold.js';
import { usageOfPlans } from './plans.js';
import type { HistoryStore, MarketBase, PastState } from './ports.js';

/** Entries that are read at a time. */
export const ENTRIES_AT_ONCE = 500;

/** A market as it was after an entry of its log, and when that was. */
export interface PastMarket {
  readonly state: MarketState;
  readonly at: Date;
}

/** Any past moment of a market: the last state that is kept before it, and what the log tells since. */
export class History {
  constructor(
    readonly store: HistoryStore,
    readonly kinds: Kinds,
  ) {}

  /** @returns undefined where the market or the entry is not there. */
  async at(marketId: bigint, sequence: bigint): Promise<PastMarket | undefined> {
    const [base, at] = await Promise.all([this.store.findBase(marketId), this.store.timeOf(marketId, sequence)]);
    if (!base || !at) return undefined;
    const { operatorId, horizonSlots, chunkKb, bandwidthKb, resources } = base;
    return { at, state: { ...(await this.stateAt(base, sequence)), operatorId, horizonSlots, chunkKb, bandwidthKb, resources } };
  }

  /** What a market's log had made of it after an entry; 0: before the first one. */
  async stateAt(base: MarketBase, sequence: bigint): Promise<PastState> {
    const past = new Past(base, await this.store.snapshotBefore(base, sequence));
    await foldUpTo(this.store, past, { base, upTo: sequence });
    await tellExactly(past, base, this);
    return past.at(sequence);
  }

  /** When an entry was written; undefined where there is none of that number. */
  timeOf(marketId: bigint, sequence: bigint): Promise<Date | undefined> {
    return this.store.timeOf(marketId, sequence);
  }
}

/** Where the entries so far do not tell what is sold, takes it from the plans that were in force after them. */
export async function tellExactly(
  past: Past,
  { marketId, ...base }: MarketBase,
  { store, kinds }: { readonly store: Pick<HistoryStore, 'plansInForce'>; readonly kinds: Kinds },
): Promise<void> {
  if (past.isExact) return;
  const { usage: _, ...state } = past.at(past.sequence);
  const { slot: first } = state.head;
  const plans = await store.plansInForce(marketId, { sequence: past.sequence, first, end: first + base.horizonSlots });
  past.tell(usageOfPlans(plans, { ...state, ...base }, kinds));
}

/** Takes in all entries up to a sequence number, page after page. */
async function foldUpTo(
  store: Pick<HistoryStore, 'entries'>,
  past: Past,
  { base: { marketId }, upTo }: { readonly base: MarketBase; readonly upTo: bigint },
): Promise<void> {
  let after = past.sequence;
  for (;;) {
    const entries = await store.entries(marketId, { after, upTo, limit: ENTRIES_AT_ONCE });
    for (const entry of entries) past.step(entry);
    if (entries.length < ENTRIES_AT_ONCE) return;
    after = past.sequence;
  }
}
