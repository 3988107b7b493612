import type { BodyFault } from '#kinds';
import { overlap } from '../book/index.js';
import { capacityCells, type CatalogueReader, type MarketRecord } from '../catalogue/index.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { AHEAD_HORIZONS, aheadOf, OCCURRENCES_MAX, occurrencesIn, slotAt, startOf } from './occurrences.js';
import type {
  DueRecurring,
  Occurrence,
  OccurrenceWindow,
  Recurrence,
  RecurringReader,
  RecurringRecord,
  RecurringTx,
  ToldOccurrence,
  ToldRecurring,
} from './recurring-ports.js';
import { openOccurrences, TOLD_MAX, windowsOf } from './recurring-windows.js';

/** Told of recurring maintenance whose occurrences could not be opened. */
export type OnRecurringFailed = (recurringId: bigint, cause: unknown) => void;

/**
 * Opens the next occurrences of recurring maintenance as windows while their slots are not on sale yet, as the clock comes near. One that
 * another window stands in the way of waits until that is closed, and is opened for what is left of it then.
 */
export class OpenRecurring {
  constructor(
    private readonly reader: Pick<RecurringReader, 'due'>,
    private readonly work: UnitOfWork<RecurringTx>,
    private readonly recurrence: Recurrence,
    private readonly onFailed: OnRecurringFailed,
  ) {}

  /** @returns how many windows were opened. */
  async run(): Promise<number> {
    let opened = 0;
    for (const due of await this.reader.due(AHEAD_HORIZONS)) {
      try {
        opened += await this.work.transaction((tx) => this.next(tx, due));
      } catch (cause) {
        this.onFailed(due.recurringId, cause);
      }
    }
    return opened;
  }

  private async next(tx: RecurringTx, { recurringId, marketId, operatorId }: DueRecurring): Promise<number> {
    const market = await tx.lockMarket(operatorId, marketId);
    const recurring = market && (await tx.findRecurring(marketId, recurringId));
    if (!market || !recurring || recurring.endedAt !== null || (await tx.isBeingRepaired(marketId))) return 0;
    const { openedSlot } = recurring;
    const isOpen = isAmong(await tx.listOccurrences(recurringId, openedSlot));
    const found = occurrencesIn(this.recurrence, recurring, market, { from: openedSlot, to: aheadOf(market), max: Infinity });
    const due = found.filter((one) => !isOpen(one) && !recurring.skippedMs.includes(one.occursMs)).flatMap((one) => restOf(one, market));
    const sites = await tx.listSites(marketId);
    const others = await tx.listWindows(marketId, market.slot);
    const wanted = windowsOf(recurring, sites, due);
    const isClear = (at: number): boolean => !others.some((other) => wanted.slice(at, at + 1).some((one) => overlap(other, one)));
    const clear = due.filter((_, at) => isClear(at)).slice(0, OCCURRENCES_MAX);
    await openOccurrences(tx, { market, sites, others, occurrences: clear, recurring });
    const waiting = due.find((one) => !clear.includes(one));
    await tx.setOpenedSlot(recurringId, waiting ? slotAt(market, waiting.occursMs) : aheadOf(market));
    return clear.length;
  }
}

const isAmong =
  (windows: readonly OccurrenceWindow[]) =>
  ({ occursMs }: Occurrence): boolean =>
    windows.some((window) => window.occursMs === occursMs);

/** What of an occurrence is still to come. */
const restOf = (one: Occurrence, { slot }: MarketRecord): Occurrence[] => {
  const from = Math.max(one.from, slot + 1);
  return from < one.to ? [{ ...one, from }] : [];
};

/** Names recurring maintenance. */
export interface RecurringPlace {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly recurringId: bigint;
}

/** In order of precedence. */
export type EndRecurringOutcome =
  { readonly kind: 'not_found' } | { readonly kind: 'repairs_under_way' } | { readonly kind: 'window_over' } | { readonly kind: 'ended' };

/** Ends recurring maintenance: windows that have not begun are closed. One that has begun goes on to its end, or until it is closed by itself. */
export class EndRecurring {
  constructor(private readonly work: UnitOfWork<RecurringTx>) {}

  run({ caller, marketId, recurringId }: RecurringPlace): Promise<EndRecurringOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      const recurring = market && (await tx.findRecurring(marketId, recurringId));
      if (!market || !recurring) return { kind: 'not_found' };
      if (await tx.isBeingRepaired(marketId)) return { kind: 'repairs_under_way' };
      if (recurring.endedAt !== null) return { kind: 'window_over' };
      const windows = await tx.listOccurrences(recurringId, market.slot);
      await closeAll(
        tx,
        market,
        windows.filter(({ from, closedAt }) => from > market.slot && closedAt === null),
      );
      await tx.endRecurring(recurringId);
      return { kind: 'ended' };
    });
  }
}

async function closeAll(tx: RecurringTx, market: MarketRecord, windows: readonly OccurrenceWindow[]): Promise<void> {
  const { marketId } = market;
  for (const [at, { windowId, from }] of windows.entries()) {
    const slot = Math.max(market.slot, from);
    await tx.closeWindow(windowId, market.sequence + BigInt(at + 1), slot);
    await tx.appendEvent(marketId, { kind: 'window_closed', payload: { windowId, slot } });
  }
  if (windows.length > 0) await tx.setUsageCapacity(marketId, market.slot, capacityCells(market, await tx.listSites(marketId)));
}

/** In order of precedence. */
export type SkipOccurrenceOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'window_over' }
  | { readonly kind: 'skipped' };

/** Takes one occurrence out of recurring maintenance: it is closed where it is a window already, and becomes none where it isn't. */
export class SkipOccurrence {
  constructor(
    private readonly work: UnitOfWork<RecurringTx>,
    private readonly recurrence: Recurrence,
  ) {}

  run({ caller, marketId, recurringId, occursMs }: RecurringPlace & { readonly occursMs: number }): Promise<SkipOccurrenceOutcome> {
    return this.work.transaction(async (tx): Promise<SkipOccurrenceOutcome> => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      const recurring = market && (await tx.findRecurring(marketId, recurringId));
      if (!market || !recurring) return { kind: 'not_found' };
      const one = this.occurrence(recurring, market, occursMs);
      if (!one) return { kind: 'faults', faults: [{ path: '$.occurrence', message: 'is none of its occurrences' }] };
      if (await tx.isBeingRepaired(marketId)) return { kind: 'repairs_under_way' };
      if (recurring.endedAt !== null || one.to <= market.slot) return { kind: 'window_over' };
      const window = (await tx.listOccurrences(recurringId, market.slot)).find((each) => each.occursMs === occursMs);
      if (window && window.closedAt === null) await closeAll(tx, market, [window]);
      const now = startOf(market, market.slot) - recurring.minutes * 60_000;
      await tx.setSkipped(recurringId, [...new Set([...recurring.skippedMs.filter((each) => each >= now), occursMs])]);
      return { kind: 'skipped' };
    });
  }

  private occurrence(recurring: RecurringRecord, market: MarketRecord, occursMs: number): Occurrence | undefined {
    const slot = slotAt(market, occursMs);
    if (slot < recurring.fromSlot) return undefined;
    const found = occurrencesIn(this.recurrence, recurring, market, { from: slot, to: slot + 1, max: Infinity });
    return found.find((each) => each.occursMs === occursMs);
  }
}

/** A page of recurring maintenance, where the caller is a member of its market. */
export type RecurringOutcome =
  { readonly kind: 'not_found' } | { readonly kind: 'page'; readonly told: readonly ToldRecurring[]; readonly nextId: bigint | null };

/** The recurring maintenance of a market. */
export class ListRecurring {
  constructor(
    private readonly catalogue: Pick<CatalogueReader, 'findMarket'>,
    private readonly reader: Pick<RecurringReader, 'list'>,
    private readonly recurrence: Recurrence,
  ) {}

  async run({ caller, marketId, ...range }: PageRange & { readonly caller: Caller; readonly marketId: bigint }): Promise<RecurringOutcome> {
    const market = await this.catalogue.findMarket(caller.organisationId, marketId);
    if (!market) return { kind: 'not_found' };
    const found = await this.reader.list(marketId, market.slot, oneMore(range));
    const { rows, nextId } = pageOf(found.rows, range, ({ recurringId }) => recurringId);
    const told = rows.map((recurring) => ({ recurring, occurrences: this.occurrences(recurring, market, found.windows) }));
    return { kind: 'page', told, nextId };
  }

  /** Windows that are not over, and what comes after them. */
  private occurrences(recurring: RecurringRecord, market: MarketRecord, all: readonly OccurrenceWindow[]): ToldOccurrence[] {
    const windows = all.filter(({ recurringId }) => recurringId === recurring.recurringId);
    const opened = windows.map(({ occursMs, from, to, windowId, closedAt }): ToldOccurrence => {
      const running = from > market.slot ? 'planned' : 'active';
      const closed = recurring.skippedMs.includes(occursMs) ? 'skipped' : 'closed';
      return { occursMs, from, to, windowId, state: closedAt === null ? running : closed };
    });
    if (recurring.endedAt !== null) return opened.slice(0, TOLD_MAX);
    const from = Math.max(recurring.fromSlot, market.slot);
    const to = aheadOf(market);
    const isOpen = isAmong(windows);
    const rest = occurrencesIn(this.recurrence, recurring, market, { from, to, max: OCCURRENCES_MAX }).filter((one) => !isOpen(one));
    const told = rest.map((one): ToldOccurrence => ({
      ...one,
      windowId: null,
      state: recurring.skippedMs.includes(one.occursMs) ? 'skipped' : 'waiting',
    }));
    return [...opened, ...told].sort((a, b) => a.occursMs - b.occursMs).slice(0, TOLD_MAX);
  }
}
