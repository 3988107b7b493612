import type { BodyFault } from '#kinds';
import type { PayloadOf, WindowCause } from '#log';
import { demandMilli } from '#units';
import { type CapacityWindow, covers, leftOf, overlap, type SlotUsage, type WindowScope } from '../book/index.js';
import { capacityCells, type MarketRecord, type SiteRecord } from '../catalogue/index.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { impactOf, type ImpactParts, type WindowImpact } from './impact.js';
import { faultsOf } from './window-faults.js';
import type { OpenWindowRequest, WindowKind, WindowRecord, WindowsReader, WindowsTx } from './window-ports.js';

/** In order of precedence. */
export type OpenWindowOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'window_overlaps'; readonly detail: string }
  | { readonly kind: 'outdated'; readonly impact: WindowImpact }
  | { readonly kind: 'opened'; readonly window: WindowRecord };

/** In order of precedence. */
export type PreviewWindowOutcome =
  Exclude<OpenWindowOutcome, { kind: 'opened' | 'outdated' }> | { readonly kind: 'previewed'; readonly impact: WindowImpact };

type Ready = { readonly kind: 'ready' } & Omit<Opening, 'sequence'>;

/** What a request means in its market, which stands still meanwhile. */
async function readyOf(tx: WindowsTx, request: OpenWindowRequest): Promise<Ready | Exclude<PreviewWindowOutcome, { kind: 'previewed' }>> {
  const market = await tx.lockMarket(request.caller.organisationId, request.marketId);
  if (!market) return { kind: 'not_found' };
  const sites = await tx.listSites(market.marketId);
  const faults = faultsOf(request, market, sites);
  if (faults.length > 0) return { kind: 'faults', faults };
  if (await tx.isBeingRepaired(market.marketId)) return { kind: 'repairs_under_way' };
  const others = await tx.listWindows(market.marketId, market.slot);
  const wanted = windowOf(request, market, sites);
  const clash = others.find((other) => overlap(other, wanted));
  if (clash) return { kind: 'window_overlaps', detail: clashText(clash) };
  return { kind: 'ready', request, market, sites, others, wanted };
}

/** Takes capacity off sale, as the next entry of the market's log. Who had bought of it is dealt with by the worker (repair-markets.ts). */
export class OpenWindow {
  constructor(
    private readonly work: UnitOfWork<WindowsTx>,
    private readonly parts: ImpactParts,
  ) {}

  run(request: OpenWindowRequest): Promise<OpenWindowOutcome> {
    return this.work.transaction(async (tx) => {
      const ready = await readyOf(tx, request);
      if (ready.kind !== 'ready') return ready;
      if (request.isExpected) {
        const impact = await impactOf(this.parts, ready.market.marketId, [ready.wanted]);
        if (!request.isExpected(impact)) return { kind: 'outdated', impact };
      }
      const window = await openWindow(tx, { ...ready, sequence: ready.market.sequence + 1n });
      await tx.setUsageCapacity(ready.market.marketId, ready.market.slot, capacityCells(ready.market, ready.sites));
      return { kind: 'opened', window };
    });
  }
}

/** Tells what a window would do, and writes nothing. The market goes on meanwhile. */
export class PreviewWindow {
  constructor(
    private readonly work: UnitOfWork<WindowsTx>,
    private readonly parts: ImpactParts,
  ) {}

  async run(request: OpenWindowRequest): Promise<PreviewWindowOutcome> {
    const ready = await this.work.transaction((tx) => readyOf(tx, request));
    if (ready.kind !== 'ready') return ready;
    return { kind: 'previewed', impact: await impactOf(this.parts, ready.market.marketId, [ready.wanted]) };
  }
}

/** Which other window withdraws capacity of the same, in words. */
export const clashText = ({ windowId, from, to }: CapacityWindow): string =>
  `Window ${windowId} withdraws capacity of the same from slot ${from} ${to === null ? 'on' : `to ${to - 1}`}.`;

function windowOf(
  { scope, siteId, amounts, ...request }: OpenWindowRequest,
  market: MarketRecord,
  sites: readonly SiteRecord[],
): CapacityWindow {
  return {
    windowId: '',
    scope,
    site: scope === 'site' ? (sites.find((site) => site.siteId === siteId)?.ordinal ?? null) : null,
    amounts: amounts ? Object.fromEntries(Object.entries(amounts).map(([name, units]) => [name, demandMilli(units)])) : null,
    from: request.from ?? market.slot,
    to: request.to ?? null,
    closedAt: null,
    taken: [],
    isSettled: false,
  };
}

/** A window that is to be opened in a market that stands still. */
export interface Opening {
  readonly request: Pick<OpenWindowRequest, 'kind' | 'cause' | 'siteId' | 'note' | 'openedBy' | 'occurrence'>;
  readonly market: MarketRecord;
  readonly sites: readonly SiteRecord[];
  readonly others: readonly CapacityWindow[];
  readonly wanted: CapacityWindow;
  /** Of the entry that opens it. */
  readonly sequence: bigint;
}

/** Opens a window as the next entry of its market's log. What there is of slots that have sales is the caller's to write then (`setUsageCapacity`). */
export async function openWindow(tx: WindowsTx, { request, market, sites, others, wanted, sequence }: Opening): Promise<WindowRecord> {
  const { marketId } = market;
  const cells = capacityCells(market, sites);
  const taken = takenSlots(await tx.listUsage(marketId, wanted.from), {
    windows: [...others, wanted],
    wanted,
    cells,
    resources: market.resources,
  });
  const cause = request.cause ?? CAUSES[request.kind][wanted.scope];
  const { kind, note = null, openedBy = null, occurrence = null } = request;
  const siteId = wanted.scope === 'site' ? (request.siteId ?? null) : null;
  const { scope, amounts, from, to } = wanted;
  const { windowId, createdAt } = await tx.insertWindow({
    marketId,
    sequence,
    kind,
    cause,
    siteId,
    note,
    openedBy,
    occurrence,
    capacity: { ...wanted, taken },
  });
  const withdrawn = amounts as PayloadOf<'window_opened'>['amounts'];
  const payload: PayloadOf<'window_opened'> = { windowId, window: kind, cause, scope, siteId, amounts: withdrawn, from, to, taken };
  await tx.appendEvent(marketId, { kind: 'window_opened', payload });
  return {
    ...{ windowId, sequence, kind, cause, scope, siteId, amounts, from, to, note },
    recurringId: occurrence?.recurringId ?? null,
    closedAt: null,
    state: from > market.slot ? 'planned' : 'active',
    isSettled: false,
    hits: { repaired: 0, left: 0, failed: 0 },
    returnedMicros: 0n,
    createdAt,
  };
}

const CAUSES: Readonly<Record<WindowKind, Readonly<Record<WindowScope, WindowCause>>>> = {
  outage: { site: 'site_down', bandwidth: 'bandwidth_lost', market: 'capacity_lost' },
  maintenance: { site: 'maintenance', bandwidth: 'maintenance', market: 'maintenance' },
};

interface Taking {
  readonly windows: readonly CapacityWindow[];
  readonly wanted: CapacityWindow;
  /** What the market has of its own. */
  readonly cells: readonly number[];
  readonly resources: readonly string[];
}

/** Slots of a window of which more is sold than it leaves. */
export function takenSlots(usage: readonly SlotUsage[], { windows, wanted, cells, resources }: Taking): number[] {
  const isShort = ({ slot, usedMilli }: SlotUsage): boolean => {
    if (!covers(wanted, slot)) return false;
    const left = leftOf(cells, windows, slot, { resources });
    return usedMilli.some((used, cell) => used > (left[cell] ?? 0));
  };
  return usage.filter(isShort).map(({ slot }) => slot);
}

/** Ends a window. */
export interface CloseWindowRequest {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly windowId: bigint;
}

/** In order of precedence. */
export type CloseWindowOutcome =
  { readonly kind: 'not_found' } | { readonly kind: 'repairs_under_way' } | { readonly kind: 'window_over' } | { readonly kind: 'closed' };

/**
 * Puts capacity on sale again from the current slot on, but for slots of which more was sold than the window left: what was taken of those is owed to
 * those who had it, and is sold to nobody else.
 */
export class CloseWindow {
  constructor(private readonly work: UnitOfWork<WindowsTx>) {}

  run({ caller, marketId, windowId }: CloseWindowRequest): Promise<CloseWindowOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      const window = market && (await tx.findWindow(marketId, windowId));
      if (!market || !window) return { kind: 'not_found' };
      if (await tx.isBeingRepaired(marketId)) return { kind: 'repairs_under_way' };
      if (window.closedAt !== null || (window.to !== null && window.to <= market.slot)) return { kind: 'window_over' };
      const slot = Math.max(market.slot, window.from);
      await tx.closeWindow(windowId, market.sequence + 1n, slot);
      await tx.appendEvent(marketId, { kind: 'window_closed', payload: { windowId, slot } });
      await tx.setUsageCapacity(marketId, market.slot, capacityCells(market, await tx.listSites(marketId)));
      return { kind: 'closed' };
    });
  }
}

/** A page of windows, where the caller is a member of their market. */
export type WindowsOutcome =
  { readonly kind: 'not_found' } | { readonly kind: 'page'; readonly windows: readonly WindowRecord[]; readonly nextId: bigint | null };

/** The windows of a market. */
export class ListWindows {
  constructor(private readonly reader: WindowsReader) {}

  async run({ caller, marketId, ...range }: PageRange & { readonly caller: Caller; readonly marketId: bigint }): Promise<WindowsOutcome> {
    const found = await this.reader.list(caller.organisationId, marketId, oneMore(range));
    if (!found) return { kind: 'not_found' };
    const { rows, nextId } = pageOf(found, range, ({ windowId }) => windowId);
    return { kind: 'page', windows: rows, nextId };
  }
}
