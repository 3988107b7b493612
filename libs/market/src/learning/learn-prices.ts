import { type LearningRule, type LearntLevel, learntRule } from '#mechanism';
import { at, invariant } from '#units';
import type { BookTerms } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import { type OnMarketFailed, Rests } from '../rounds/index.js';
import type { Thinker } from '../thinking/thinker.js';
import { LearningFold, type Measurable, measureTaskOf, reportOf } from './fold.js';
import { stateAfter } from './market-change.js';
import type { LearningPage, LearningStart, LearningStore, LevelChange, MeasuredBid, PreparedLevel } from './ports.js';

/** A market as far as its bids are measured. */
interface Learner {
  readonly fold: LearningFold;
  readonly state: BookTerms;
  readonly through: bigint;
}

/** Markets whose folds are kept in memory. */
const LEARNERS_MAX = 64;
/** While a market is cold, a level is written where it is another one by so much: one in a hundred. */
const COLD_STEP = 100n;

/**
 * Measures bids after they were answered, and posts the levels that follow: nobody waits for it. What a level follows from is the log up to an entry that
 * is told with it, so that whoever folds the same log gets the same one; what is not reached by then is counted the next time.
 */
export class LearnPrices {
  private readonly learners = new Map<bigint, Learner>();
  /** The slot that a warm market's level was learnt for. */
  private readonly learntIn = new Map<bigint, number>();
  private readonly rests: Rests;

  constructor(
    private readonly store: LearningStore,
    private readonly thinker: Pick<Thinker, 'measure'>,
    private readonly clock: Clock,
    onFailed?: OnMarketFailed,
  ) {
    this.rests = new Rests(onFailed);
  }

  /** Measures page after page, the markets in turn, until all is measured or the time is used up. @returns how many entries were read. */
  async run(budgetMs: number): Promise<number> {
    const endMs = this.clock.nowMs() + budgetMs;
    const behind = await this.store.behind();
    this.rests.keepOnly(new Set(behind));
    const markets = new Set(behind.filter((marketId) => !this.rests.isResting(marketId, this.clock.nowMs())));
    let entries = 0;
    while (markets.size > 0) {
      for (const marketId of markets) {
        if (entries > 0 && this.clock.nowMs() >= endMs) return entries;
        const page = await this.rests.attempt(marketId, this.clock.nowMs(), () => this.step(marketId));
        entries += page?.entries.length ?? 0;
        if (!page?.hasMore) markets.delete(marketId);
      }
    }
    return entries;
  }

  /** A page of one market, and the level that follows. */
  private async step(marketId: bigint): Promise<LearningPage | undefined> {
    const before = await this.learner(marketId);
    this.learners.delete(marketId); // it is changed from here on; whoever fails reads it anew
    const page = await this.store.page(marketId, before.through);
    const last = page.entries.at(-1);
    if (!last) return page;
    const { state, measurables } = walk(before, page);
    const measured = await this.measured(measurables);
    before.fold.add(measured.map(({ report }) => report));
    const learner = { fold: before.fold, state, through: last.sequence };
    const cursor = { ...before.fold.mark, through: last.sequence };
    const saving = { marketId, before: before.through, cursor, measured, prepared: preparedLevel(learner, page) };
    if (!(await this.store.save(saving))) return undefined;
    this.keep(marketId, learner);
    const isPosted = await this.post(marketId, learner, page);
    return isPosted ? { ...page, hasMore: true } : page; // its own entry is the next
  }

  private async learner(marketId: bigint): Promise<Learner> {
    const kept = this.learners.get(marketId);
    const { through } = await this.store.cursor(marketId);
    return kept?.through === through ? kept : learnerOf(await this.store.start(marketId));
  }

  private keep(marketId: bigint, learner: Learner): void {
    this.learners.set(marketId, learner);
    const [oldest] = this.learners.keys();
    if (oldest !== undefined && this.learners.size > LEARNERS_MAX) this.learners.delete(oldest);
  }

  /** Bids that follow each other on the same market are measured together. */
  private async measured(measurables: readonly Measurable[]): Promise<MeasuredBid[]> {
    const measured: MeasuredBid[] = [];
    for (let from = 0, to = 0; from < measurables.length; from = to) {
      while (to < measurables.length && isSameMarket(at(measurables, from).state, at(measurables, to).state)) to++;
      const group = measurables.slice(from, to);
      const densities = await this.thinker.measure(measureTaskOf(at(group, 0), group));
      group.forEach((one, index) => {
        const density = densities[index];
        if (density) measured.push({ bid: one.bid, report: reportOf(one, density) });
      });
    }
    return measured;
  }

  /**
   * A cold market's level follows at once. A warm one's was posted as the slot began, from what was measured by then; where nothing was prepared, as of a
   * clock that skips slots, it may still be before the first decision. @returns whether it was written.
   */
  private async post(marketId: bigint, { fold, state, through }: Learner, page: LearningPage): Promise<boolean> {
    const now = { ...state, head: { ...state.head, ...page.head } };
    const isWarm = fold.isWarm(now);
    if (isWarm && (page.hasMore || this.learntIn.get(marketId) === now.head.slot)) return false;
    if (isWarm) this.learntIn.set(marketId, now.head.slot);
    const payload = changeFor({ fold, state: now, through });
    return payload !== undefined && this.store.change({ marketId, seen: now, isBoundary: isWarm, payload });
  }
}

/** The level of the slot after this one, from what is measured by now; undefined where the market is cold then, or the level stays. */
function preparedLevel({ fold, state, through }: Learner, { head }: LearningPage): PreparedLevel | undefined {
  const slot = head.slot + 1;
  const next = { ...state, head: { ...state.head, ...head, slot } };
  const payload = fold.isWarm(next) && !state.terms.next ? changeFor({ fold, state: next, through }) : undefined;
  return payload && { slot, before: state.terms, payload };
}

/** What the log is to tell of a level that follows; undefined where the level stays. */
function changeFor({ fold, state, through }: Learner): LevelChange['payload'] | undefined {
  const { prices } = state.terms;
  if (prices.kind !== 'learning' || !prices.learns || state.head.status === 'closed') return undefined;
  const learnt = fold.level(state, prices);
  if (!learnt || !(endsOpening(prices, learnt) || isWorthTelling(prices.level, learnt, fold.isWarm(state)))) return undefined;
  const { levelMicros, clearingMicros, doubted, ...counts } = learnt;
  return { fromMicros: prices.level, levelMicros, clearingMicros, through, doubted: doubted.length, ...counts };
}

/** Whether enough is known now: told even where the level stays. */
const endsOpening = (rule: LearningRule, learnt: LearntLevel): boolean => rule.opening && !learntRule(rule, learnt).opening;

function isWorthTelling(from: bigint, { levelMicros: to }: LearntLevel, isWarm: boolean): boolean {
  const moved = to > from ? to - from : from - to;
  return isWarm ? moved > 0n : moved * COLD_STEP > from || (moved > 0n && from === 0n);
}

const isSameMarket = (one: BookTerms, other: BookTerms): boolean => one.sites === other.sites && one.terms.oracle === other.terms.oracle;

function learnerOf({ cursor, origin, changes, reports }: LearningStart): Learner {
  const state = changes.reduce(stateAfter, origin);
  return { fold: new LearningFold(cursor, state.horizonSlots, reports), state, through: cursor.through };
}

/** The market after the entries of a page, and what of them is to be measured. */
function walk({ fold, state: before, through }: Learner, { entries }: LearningPage): { state: BookTerms; measurables: Measurable[] } {
  let [state, due] = [before, through];
  const measurables: Measurable[] = [];
  for (const { sequence, told } of entries) {
    due += 1n;
    invariant(sequence === due, 'a log has no gaps');
    if (told.kind === 'bid') {
      const measurable = fold.decided(told.bid, state);
      if (measurable) measurables.push(measurable);
      continue;
    }
    state = stateAfter(state, told.event);
    fold.under(state);
  }
  return { state, measurables };
}
