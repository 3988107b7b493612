import type { BodyFault } from '#kinds';
import { demandMilli } from '#units';
import { type CapacityWindow, overlap } from '../book/index.js';
import { capacityCells, type MarketRecord, type Quantities, type SiteRecord } from '../catalogue/index.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { impactOf, type ImpactParts, type WindowImpact } from './impact.js';
import { aheadOf, OCCURRENCES_MAX, occurrencesIn, startOf } from './occurrences.js';
import type {
  Occurrence,
  Recurrence,
  RecurrenceRule,
  RecurringRecord,
  RecurringTerms,
  RecurringTx,
  ToldRecurring,
} from './recurring-ports.js';
import { scopeFaults } from './window-faults.js';
import type { OpenWindowRequest } from './window-ports.js';
import { clashText, openWindow } from './windows.js';

/** Recurring maintenance that a market may have and that has not ended: each is looked at whenever the clock moves. */
export const RECURRING_PER_MARKET = 50;

/** Occurrences that are told of recurring maintenance, at most. */
export const TOLD_MAX = 10;

/** Recurring maintenance as its operator writes it. */
export interface RecurringRequest extends RecurrenceRule, Pick<OpenWindowRequest, 'marketId' | 'scope' | 'siteId' | 'note'> {
  readonly caller: Caller;
  readonly minutes: number;
  /** Units that are withdrawn; left out: everything. */
  readonly amounts?: Quantities | undefined;
  /** Says what it is expected to do: it is made only where that is so. */
  readonly isExpected?: ((would: RecurringImpact) => boolean) | undefined;
}

/** What recurring maintenance would do now: which windows it would open, and whom those would hit. */
export interface RecurringImpact {
  readonly occurrences: readonly Occurrence[];
  readonly impact: WindowImpact;
}

type Refusal =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'too_many_recurring' }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'window_overlaps'; readonly detail: string };

/** In order of precedence. */
export type PreviewRecurringOutcome = Refusal | { readonly kind: 'previewed'; readonly would: RecurringImpact };

/** In order of precedence. */
export type RecurOutcome =
  Refusal | { readonly kind: 'outdated'; readonly would: RecurringImpact } | { readonly kind: 'made'; readonly told: ToldRecurring };

interface Ready {
  readonly kind: 'ready';
  readonly market: MarketRecord;
  readonly sites: readonly SiteRecord[];
  readonly terms: RecurringTerms;
  readonly occurrences: readonly Occurrence[];
  readonly others: readonly CapacityWindow[];
}

/** What recurring maintenance is made with and looked at by. */
export interface RecurringParts extends ImpactParts {
  readonly recurrence: Recurrence;
}

async function readyOf(tx: RecurringTx, recurrence: Recurrence, request: RecurringRequest): Promise<Ready | Refusal> {
  const market = await tx.lockMarket(request.caller.organisationId, request.marketId);
  if (!market) return { kind: 'not_found' };
  const sites = await tx.listSites(market.marketId);
  const formal = [...scopeFaults(request, market, sites), ...recurrence.faultsOf(request)];
  if (formal.length > 0) return { kind: 'faults', faults: formal };
  const found = occurrencesNow(recurrence, request, market);
  if (found.kind === 'faults') return found;
  const { occurrences } = found;
  if ((await tx.countRecurring(market.marketId)) >= RECURRING_PER_MARKET) return { kind: 'too_many_recurring' };
  if (await tx.isBeingRepaired(market.marketId)) return { kind: 'repairs_under_way' };
  const others = await tx.listWindows(market.marketId, market.slot);
  const terms = termsOf(request);
  const clash = windowsOf(terms, sites, occurrences).flatMap((wanted) => others.filter((other) => overlap(other, wanted)));
  if (clash[0]) return { kind: 'window_overlaps', detail: clashText(clash[0]) };
  return { kind: 'ready', market, sites, terms, occurrences, others };
}

type Found =
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'found'; readonly occurrences: readonly Occurrence[] };

/** Occurrences that would become windows at once. A rule may be one that the library cannot count through. */
function occurrencesNow(recurrence: Recurrence, request: RecurringRequest, market: MarketRecord): Found {
  const fault = (message: string): Found => ({ kind: 'faults', faults: [{ path: '$.rule', message }] });
  const from = market.slot + 1;
  try {
    const range = { from, to: aheadOf(market), max: OCCURRENCES_MAX + 1 };
    const occurrences = occurrencesIn(recurrence, request, market, range);
    if (occurrences.length > OCCURRENCES_MAX)
      return fault(`occurs more than ${OCCURRENCES_MAX} times in the next ${range.to - from} slots: one window may withdraw all of them`);
    if (occurrences.length === 0 && recurrence.firstFrom(request, startOf(market, from)) === undefined)
      return fault(`never occurs after the current slot ${market.slot}, or not within ten years`);
    return { kind: 'found', occurrences };
  } catch (cause) {
    return fault(`is more than can be counted through: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const termsOf = ({ rule, start, timeZone, minutes, scope, siteId, amounts, note }: RecurringRequest): RecurringTerms => ({
  ...{ rule, start, timeZone, minutes, scope },
  siteId: siteId ?? null,
  amounts: amounts ? Object.fromEntries(Object.entries(amounts).map(([name, units]) => [name, demandMilli(units)])) : null,
  note: note ?? null,
});

/** Occurrences as windows that are to be opened. */
export function windowsOf(
  { scope, siteId, amounts }: Pick<RecurringTerms, 'scope' | 'siteId' | 'amounts'>,
  sites: readonly SiteRecord[],
  occurrences: readonly Pick<Occurrence, 'from' | 'to'>[],
): CapacityWindow[] {
  const site = sites.find((one) => one.siteId === siteId)?.ordinal ?? null;
  const rest = { windowId: '', scope, site, amounts, closedAt: null, taken: [], isSettled: false };
  return occurrences.map(({ from, to }) => ({ ...rest, from, to }));
}

/** Tells what recurring maintenance would do, and writes nothing. The market goes on meanwhile. */
export class PreviewRecurring {
  constructor(
    private readonly work: UnitOfWork<RecurringTx>,
    private readonly parts: RecurringParts,
  ) {}

  async run(request: RecurringRequest): Promise<PreviewRecurringOutcome> {
    const ready = await this.work.transaction((tx) => readyOf(tx, this.parts.recurrence, request));
    if (ready.kind !== 'ready') return ready;
    return { kind: 'previewed', would: await impactOn(this.parts, ready) };
  }
}

async function impactOn(parts: RecurringParts, { market, terms, sites, occurrences }: Ready): Promise<RecurringImpact> {
  return { occurrences, impact: await impactOf(parts, market.marketId, windowsOf(terms, sites, occurrences)) };
}

/**
 * Makes recurring maintenance. Its occurrences near at hand become windows with it, each by an entry of the market's log, and those whom
 * they hit are dealt with once all are open, so that nobody is moved into the next one.
 */
export class Recur {
  constructor(
    private readonly work: UnitOfWork<RecurringTx>,
    private readonly parts: RecurringParts,
  ) {}

  run(request: RecurringRequest): Promise<RecurOutcome> {
    return this.work.transaction(async (tx): Promise<RecurOutcome> => {
      const ready = await readyOf(tx, this.parts.recurrence, request);
      if (ready.kind !== 'ready') return ready;
      if (request.isExpected) {
        const would = await impactOn(this.parts, ready);
        if (!request.isExpected(would)) return { kind: 'outdated', would };
      }
      const { market, terms, occurrences } = ready;
      const { marketId, slot } = market;
      const recurring = await tx.insertRecurring({ ...terms, marketId, fromSlot: slot + 1, openedSlot: aheadOf(market) });
      const windowIds = await openOccurrences(tx, { ...ready, recurring });
      const told = occurrences.map((one, at) => ({ ...one, windowId: windowIds[at] ?? null, state: 'planned' as const }));
      return { kind: 'made', told: { recurring, occurrences: told.slice(0, TOLD_MAX) } };
    });
  }
}

interface Opened extends Pick<Ready, 'market' | 'sites' | 'others' | 'occurrences'> {
  readonly recurring: RecurringRecord;
}

/** Opens occurrences as windows, each by an entry of its market's log, and writes what there is of slots then. @returns their ids. */
export async function openOccurrences(tx: RecurringTx, { market, sites, others, occurrences, recurring }: Opened): Promise<bigint[]> {
  const { recurringId, siteId, note } = recurring;
  const windows = windowsOf(recurring, sites, occurrences);
  const ids: bigint[] = [];
  for (const [at, { occursMs }] of occurrences.entries()) {
    const wanted = windows[at];
    if (!wanted) continue;
    const request = {
      kind: 'maintenance' as const,
      siteId: siteId ?? undefined,
      note: note ?? undefined,
      occurrence: { recurringId, occursMs },
    };
    const opening = { request, market, sites, others: [...others, ...windows.slice(0, at)], wanted };
    ids.push((await openWindow(tx, { ...opening, sequence: market.sequence + BigInt(at + 1) })).windowId);
  }
  if (ids.length > 0) await tx.setUsageCapacity(market.marketId, market.slot, capacityCells(market, sites));
  return ids;
}
