import type { PriceRuleName } from '../posted-prices.js';

/** How a load is driven. */
export interface LoadOptions {
  /** `closed`: each connection sends its next request when it has the last answer; `open`: requests are sent at given times, come what may. */
  readonly mode: 'closed' | 'open';
  /** Bids per second of an open load. */
  readonly rate: number;
  readonly connections: number;
  readonly seconds: number;
  /** So many seconds come first whose latencies are not measured: connections open, processes warm up, empty markets fill. */
  readonly warmup: number;
  /** Bids per request; 1 goes by the route for single bids. */
  readonly bulk: number;
  readonly markets: number;
  /** By which rule the markets post their prices: learning ones where it is not said. */
  readonly prices?: PriceRuleName;
  /** Organisations that bid, with a key each. */
  readonly bidders: number;
  readonly seed: number;
  /** Every market's clock moves by one slot so often, ms; 0 leaves the clocks alone. */
  readonly slotMs: number;
  /** Follow the markets' events: decision latency, and each decision seen. Without it only acknowledgements are measured. */
  readonly follow: boolean;
}

/** The time of day, and waiting, as arguments. */
export interface Clock {
  nowMs(): number;
}
