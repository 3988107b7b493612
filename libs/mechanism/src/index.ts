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
  repriced,
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
export { densityOf, referenceBook, SHARE_UNITS, type Density } from './prices/learning/density.js';
export { emptyHistory, isWarm, learntLevel, withReports, type LearningHistory, type LearntLevel } from './prices/learning/history.js';
export { type Report, weightOf } from './prices/learning/report.js';
export {
  LEVEL_MICROS_MAX,
  learntRule,
  NEW_LEARNING_RULE,
  OPENING_BIDS,
  SHARE_CAP_NONE,
  type LearningRule,
} from './prices/learning/rule.js';
export { admit, quote, type Quote } from './admission.js';
export { beyondCaps, type BeyondCaps } from './beyond-caps.js';
export { brokenCap, capText, spentIn } from './caps.js';
export { menuOf, menuPriceBy, planFrom, type Planning } from './menu.js';
export { MARKET_LIMITS, cellsOfMarket, sizeFault, type MarketSize } from './limits.js';
export type { DearPlans, Oracle, Search } from './oracle.js';
export { type BindingCell } from './explain/binding-cells.js';
export { type Change, explain, type Explanation, type Passing, passingOf, type Question } from './explain/explain.js';
