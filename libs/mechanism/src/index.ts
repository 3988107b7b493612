/**
 * The auction: posted prices, the menu and admission (docs/mechanism.md), of no kind of job. Pure: no clock, chance, I/O or framework.
 */
export * from './types.js';
export type { FlatRule } from './prices/flat.js';
export { paperRule, type PaperRule, postedPrice } from './prices/paper.js';
export { BANDWIDTH, PRICE_STEPS_MAX, type PriceRule, ruleFaults } from './prices/rules.js';
export {
  createBook,
  copyBook,
  occupy,
  advanceBook,
  applyFootprint,
  releaseFootprint,
  setCapacities,
  setCapacity,
  ownCapacityOf,
  isCapacitySet,
  type SlotCapacity,
  usageOf,
  capacityOf,
  pricesOf,
  priceAhead,
  somePricesOf,
  priceSlot,
  slotOffset,
  unpricedSlots,
  type Book,
} from './book.js';
export { valueAt, valuationFaults, VALUE_CREDITS_MAX, type ValuationFault } from './valuation.js';
export * from './layout.js';
export { paymentLines, totalOf } from './payment.js';
export { admit, quote, type Quote } from './admission.js';
export { menuOf, menuPriceBy, planNear, type Planning } from './menu.js';
export { MARKET_LIMITS, cellsOfMarket, sizeFault, type MarketSize } from './limits.js';
export type { Oracle, Search } from './oracle.js';
