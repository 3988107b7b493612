import type { WindowCause } from '#log';
import type { CapacityWindow, SlotUsage, WindowScope } from '../book/index.js';
import type { CatalogueTx, Quantities } from '../catalogue/index.js';
import type { PageRange } from '../page.js';
import type { Caller } from '../tenancy/index.js';
import type { WindowImpact } from './impact.js';

/** outage: it has begun. maintenance: it is announced. */
export type WindowKind = 'outage' | 'maintenance';

/** Which occurrence of recurring maintenance a window is. */
export interface OccurrenceOf {
  readonly recurringId: bigint;
  readonly occursMs: number;
}

/** A window that is to be stored. */
export interface NewWindow {
  readonly marketId: bigint;
  /** Of the entry that opens it. */
  readonly sequence: bigint;
  readonly kind: WindowKind;
  readonly cause: WindowCause;
  readonly siteId: bigint | null;
  readonly note: string | null;
  /** heartbeats: it was opened since some were missed, and is closed by heartbeats again. */
  readonly openedBy: 'heartbeats' | null;
  /** Of which recurring maintenance it is an occurrence. */
  readonly occurrence: OccurrenceOf | null;
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
  /** The recurring maintenance that it is an occurrence of. */
  readonly recurringId: bigint | null;
  readonly state: 'planned' | 'active' | 'over' | 'cancelled';
  readonly isSettled: boolean;
  /** Allocations that it has hit so far, by what became of them. */
  readonly hits: { readonly repaired: number; readonly left: number; readonly failed: number };
  readonly returnedMicros: bigint;
  readonly createdAt: Date;
}

/** What windows do in the database. */
export interface WindowsTx extends Pick<CatalogueTx, 'lockMarket' | 'isBeingRepaired' | 'listSites' | 'appendEvent' | 'setUsageCapacity'> {
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
  /** Outages with slots from `from` to `to`, both included, by id. */
  outages(organisationId: bigint, marketId: bigint, from: number, to: number): Promise<readonly WindowRecord[]>;
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
  /** Left out: its operator has. */
  readonly openedBy?: 'heartbeats' | undefined;
  readonly occurrence?: OccurrenceOf | undefined;
  /** Says what the window is expected to do: it is opened only where that is so. */
  readonly isExpected?: ((impact: WindowImpact) => boolean) | undefined;
}
