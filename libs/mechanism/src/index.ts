/**
 * The mechanism: posted prices, the menu, admission and the schedule oracles (docs/mechanism.md). Pure: no clock, chance, I/O or framework.
 */
export type { Job, Bid, Valuation, Schedule, SlotPlan, Move, PaymentLine, MenuEntry, Menu, Decision, Refusal, RefusalCode } from './types.js';
export type { MarketSpec, SiteSpec, PriceRule } from './types.js';
