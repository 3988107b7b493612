import type { BodyFault } from '#kinds';
import type { PayloadOf, WindowCause } from '#log';
import { BANDWIDTH } from '#mechanism';
import { demandMilli } from '#units';
import { type CapacityWindow, covers, leftOf, overlap, type SlotUsage, type WindowScope } from '../book/index.js';
import { capacityCells, type CatalogueTx, type MarketRecord, type Quantities, type SiteRecord } from '../catalogue/index.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** outage: it has begun. maintenance: it is announced. */
export type WindowKind = 'outage' | 'maintenance';

/** A window that is to be stored. */
export interface NewWindow {
  readonly marketId: bigint;
  /** Of the entry that opens it. */
  readonly sequence: bigint;
  readonly kind: WindowKind;
  readonly cause: WindowCause;
  readonly siteId: bigint | null;
  readonly note: string | null;
  readonly capacity: Omit<CapacityWindow, 'windowId' | 'isSettled' | 'closedAt'>;
}

/** A window as it is stored, with what came of it. */
export interface WindowRecord {
  readonly windowId: bigint;
  readonly sequence: bigint;
  readonly kind: WindowKind;
  readonly cause: WindowCause;
  readonly scope: WindowScope;
  readonly siteId: bigint | null;
  readonly amounts: Readonly<Record<string, number>> | null;
  readonly from: number;
  readonly to: number | null;
  readonly closedAt: number | null;
  readonly note: string | null;
  readonly state: 'planned' | 'active' | 'over' | 'cancelled';
  readonly isSettled: boolean;
  /** Allocations that it has hit so far, by what became of them. */
  readonly hits: { readonly repaired: number; readonly left: number; readonly failed: number };
  readonly returnedMicros: bigint;
  readonly createdAt: Date;
}

/** What windows do in the database. */
export interface WindowsTx extends Pick<CatalogueTx, 'lockMarket' | 'listSites' | 'appendEvent' | 'setUsageCapacity'> {
  /** Windows that withdraw anything from a slot on. */
  listWindows(marketId: bigint, fromSlot: number): Promise<readonly CapacityWindow[]>;
  /** What is sold, from a slot on. */
  listUsage(marketId: bigint, fromSlot: number): Promise<readonly SlotUsage[]>;
  insertWindow(window: NewWindow): Promise<Pick<WindowRecord, 'windowId' | 'createdAt'>>;
  findWindow(marketId: bigint, windowId: bigint): Promise<CapacityWindow | undefined>;
  closeWindow(windowId: bigint, sequence: bigint, slot: number): Promise<void>;
}

/** Windows as the API shows them. */
export interface WindowsReader {
  /** By id; undefined where the organisation is no member of such a market. */
  list(organisationId: bigint, marketId: bigint, range: PageRange): Promise<readonly WindowRecord[] | undefined>;
}

/** A window as its operator writes it. */
export interface OpenWindowRequest {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly kind: WindowKind;
  readonly cause?: WindowCause | undefined;
  readonly scope: WindowScope;
  readonly siteId?: bigint | undefined;
  /** Units that are withdrawn; left out: everything. */
  readonly amounts?: Quantities | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly note?: string | undefined;
}

/** In order of precedence. */
export type OpenWindowOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'window_overlaps'; readonly detail: string }
  | { readonly kind: 'opened'; readonly window: WindowRecord };

/** Takes capacity off sale, as the next entry of the market's log. Who had bought of it is dealt with by the worker (repair-markets.ts). */
export class OpenWindow {
  constructor(private readonly work: UnitOfWork<WindowsTx>) {}

  run(request: OpenWindowRequest): Promise<OpenWindowOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(request.caller.organisationId, request.marketId);
      if (!market) return { kind: 'not_found' };
      const sites = await tx.listSites(market.marketId);
      const faults = faultsOf(request, market, sites);
      if (faults.length > 0) return { kind: 'faults', faults };
      const others = await tx.listWindows(market.marketId, market.slot);
      if (others.some(({ isSettled }) => !isSettled)) return { kind: 'repairs_under_way' };
      const wanted = windowOf(request, market, sites);
      const clash = others.find((other) => overlap(other, wanted));
      if (clash) return { kind: 'window_overlaps', detail: clashText(clash) };
      return { kind: 'opened', window: await open(tx, { request, market, sites, others, wanted }) };
    });
  }
}

const clashText = ({ windowId, from, to, closedAt }: CapacityWindow): string =>
  `Window ${windowId} withdraws capacity of the same from slot ${from} ${to === null ? 'on' : `to ${to - 1}`}${closedAt === null ? '' : `, and of slots of which more was sold than it left, though it was closed in slot ${closedAt}`}.`;

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

interface Opening {
  readonly request: OpenWindowRequest;
  readonly market: MarketRecord;
  readonly sites: readonly SiteRecord[];
  readonly others: readonly CapacityWindow[];
  readonly wanted: CapacityWindow;
}

async function open(tx: WindowsTx, { request, market, sites, others, wanted }: Opening): Promise<WindowRecord> {
  const { marketId } = market;
  const cells = capacityCells(market, sites);
  const taken = takenSlots(await tx.listUsage(marketId, wanted.from), {
    windows: [...others, wanted],
    wanted,
    cells,
    resources: market.resources,
  });
  const cause = request.cause ?? CAUSES[request.kind][wanted.scope];
  const { kind, note = null } = request;
  const siteId = wanted.scope === 'site' ? (request.siteId ?? null) : null;
  const { scope, amounts, from, to } = wanted;
  const sequence = market.sequence + 1n;
  const { windowId, createdAt } = await tx.insertWindow({ marketId, sequence, kind, cause, siteId, note, capacity: { ...wanted, taken } });
  const withdrawn = amounts as PayloadOf<'window_opened'>['amounts'];
  const payload: PayloadOf<'window_opened'> = { windowId, window: kind, cause, scope, siteId, amounts: withdrawn, from, to, taken };
  await tx.appendEvent(marketId, { kind: 'window_opened', payload });
  await tx.setUsageCapacity(marketId, market.slot, cells);
  return {
    ...{ windowId, sequence, kind, cause, scope, siteId, amounts, from, to, note },
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

function faultsOf(request: OpenWindowRequest, market: MarketRecord, sites: readonly SiteRecord[]): BodyFault[] {
  const { scope, siteId, kind, cause, from = market.slot, to } = request;
  const faults: BodyFault[] = [];
  const expect = (holds: boolean, path: string, message: string): void => void (holds || faults.push({ path, message }));
  if (scope === 'site')
    expect(
      sites.some((site) => site.siteId === siteId),
      '$.siteId',
      siteId === undefined ? 'is missing' : 'is not a site of this market',
    );
  else expect(siteId === undefined, '$.siteId', 'is for windows of a site');
  expect(from >= market.slot, '$.from', `must not be in the past: the market is in slot ${market.slot}`);
  expect(
    kind === 'outage' || from > market.slot,
    '$.from',
    `must be after the current slot ${market.slot}: maintenance is announced; what has begun is an outage`,
  );
  expect(to === undefined || to > from, '$.to', `must be after from, ${from}: it is the first slot that is not withdrawn any more`);
  expect((cause === 'maintenance') === (kind === 'maintenance') || cause === undefined, '$.cause', `is none of the kind ${kind}`);
  return [...faults, ...amountFaults(request, market)];
}

function amountFaults({ scope, amounts }: OpenWindowRequest, { resources }: MarketRecord): BodyFault[] {
  if (!amounts) return [];
  if (scope === 'market')
    return [{ path: '$.amounts', message: 'is for windows of a site or of the bandwidth: a window of the market withdraws everything' }];
  const known = scope === 'site' ? resources : [BANDWIDTH];
  return Object.keys(amounts)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `$.amounts.${name}`, message: `is not withdrawn by such a window (${known.join(', ')})` }));
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
      if (!window.isSettled) return { kind: 'repairs_under_way' };
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
