/**
 * The units every room speaks: micro-credits for money, milli-units for volumes (kB are milli-MB, milli-GPU, …).
 * Rounding is stated here once: demand rounds up, supply rounds down, an amount rounds half up.
 */
export { at, lastOf } from './at.js';
export { BoundedMap } from './bounded-map.js';
export { canonicalJson } from './canonical-json.js';
export { csvOf } from './csv.js';
export { balancesOf, monthOf, statementCsv, type DatedAmount, type MonthBalance, type StatementEntry } from './month.js';
export { invariant, InvariantBroken } from './invariant.js';
export { amountOf, formatMicros, micros, MICROS_PER_CREDIT, parseMicros, type Micros } from './micros.js';
export { demandMilli, formatMilli, supplyMilli, type Milli } from './milli.js';
