/**
 * The mechanism: posted prices, the menu, admission and the schedule oracles (docs/mechanism.md). Pure: no clock, chance, I/O or framework.
 */
export * from './types.js';
export { postedPrice } from './prices.js';
export {
  createBook,
  copyBook,
  occupy,
  advanceBook,
  applyFootprint,
  releaseFootprint,
  setCapacity,
  usageOf,
  capacityOf,
  pricesOf,
  priceAhead,
  somePricesOf,
  type Book,
} from './book.js';
export { valueAt, valuationFaults, VALUE_CREDITS_MAX, type ValuationFault } from './valuation.js';
export { footprintOf } from './footprint.js';
export * from './layout.js';
export { paymentLines, totalOf } from './payment.js';
export { admit, quote, type Quote } from './admission.js';
export { menuOf } from './menu.js';
export { createOracle } from './oracle/create.js';
export { createDefaultOracle, type DefaultOracle, type OracleOptions } from './oracle/default.js';
export { BUDGETS, UNBOUNDED, type Budgets } from './oracle/steps.js';
export { decisionSteps, menuSteps } from './oracle/steps.js';
export { MARKET_LIMITS, SEARCH_STEPS_MAX, cellsOfMarket, sizeFault, type MarketSize } from './limits.js';
export type { Oracle, OracleName, Search } from './oracle/oracle.js';
export { validateSchedule, type ScheduleClaim, type Violation } from './validate.js';
