import type { Micros, Milli } from '#units';
import type { PriceRule } from './prices/rules.js';

/** A site as the book knows it. */
export interface SiteSpec {
  readonly id: string;
  /** Per resource, in the market's resource order. */
  readonly capacityMilli: readonly Milli[];
}

/** What is sold: sites with capacities, one bandwidth budget per slot, over a window of slots. */
export interface MarketSpec {
  readonly resources: readonly string[];
  readonly sites: readonly SiteSpec[];
  /** Slots in the window (T); the window starts at the book's base slot. */
  readonly slotCount: number;
  readonly chunkKB: Milli;
  readonly bandwidthKB: Milli;
  readonly prices: PriceRule;
  /** The version of the oracle that looks for schedules (oracle/versions.ts); the newest where it is not said. */
  readonly oracle?: string;
}

/** What finishing d slots after arrival is worth; >= 0 and never rising in d. */
export type Valuation =
  | { readonly kind: 'sigmoid'; readonly scale: number; readonly tau: number; readonly width: number }
  | { readonly kind: 'deadline'; readonly value: number; readonly deadline: number }
  | { readonly kind: 'linear'; readonly value: number; readonly decay: number }
  | { readonly kind: 'table'; readonly values: readonly number[] };

/** What is asked for, by its kind of job, and what it is worth. The menu depends on the job alone. */
export interface Bid<Job = unknown> {
  readonly job: Job;
  readonly valuation: Valuation;
}

/** What is taken of one slot: quantities in milli-units (kB of bandwidth), each above zero, by cells (layout.ts) that ascend. */
export interface SlotFootprint {
  /** Absolute market slot. */
  readonly slot: number;
  readonly cells: readonly number[];
  readonly quantitiesMilli: readonly number[];
}

/** What a plan takes of the market: all that prices, payments and the book know of it. Slots ascend. */
export type Footprint = readonly SlotFootprint[];

/** One line of a payment: quantity at a posted price. `site` is null and `resource` 'bandwidth' for traffic between sites. */
export interface PaymentLine {
  readonly slot: number;
  readonly site: number | null;
  readonly resource: string;
  readonly quantityMilli: number;
  readonly unitPrice: Micros;
  readonly amount: Micros;
}

/** The least price found of a valid plan that completes by `completion` (absolute slot). */
export interface MenuEntry<Plan = unknown> {
  readonly completion: number;
  readonly price: Micros;
  readonly plan: Plan;
}

/** One entry for each completion at which something is possible; completion ascending, price never rising. */
export type Menu<Plan = unknown> = readonly MenuEntry<Plan>[];

/** In order of precedence (docs/refusals.md): the first that applies is the answer. */
export const REFUSAL_CODES = [
  'market_closed',
  'allocation_over',
  'cancellation_outdated',
  'quote_outdated',
  'no_data',
  'beyond_horizon',
  'no_feasible_schedule',
  'price_above_value',
  'insufficient_funds',
  'budget_exhausted',
] as const;
/** Why a bid is refused, in a word. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** What a bid may pay at most for its slots from `from` on and before `to`: what a budget leaves of a day, of a month, or in all. */
export interface SpendingCap {
  /** The budget's name. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly leftMicros: Micros;
}

/** Why not, and what would have passed: an entry of the menu with the value the bid gave it. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
  /** The entry that came nearest to passing (least shortfall), where the menu has one. */
  readonly nearest?: { readonly completion: number; readonly price: Micros; readonly value: Micros };
  /**
   * Where no schedule was looked for because none could cost less than this: the completion that comes nearest, with that floor as price. Beside a
   * `nearest` that the wallet cannot pay: a completion that may be better, and whose floor it cannot pay either.
   */
  readonly floor?: { readonly completion: number; readonly price: Micros; readonly value: Micros };
  /** The cheapest entry of the menu that was priced. */
  readonly cheapest?: { readonly completion: number; readonly price: Micros; readonly value: Micros };
}

/** What a bid is answered. */
export type Decision<Plan = unknown> =
  | {
      readonly kind: 'accepted';
      readonly completion: number;
      readonly value: Micros;
      readonly payment: Micros;
      readonly plan: Plan;
      /** What the plan takes of the market. */
      readonly footprint: Footprint;
      readonly lines: readonly PaymentLine[];
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
