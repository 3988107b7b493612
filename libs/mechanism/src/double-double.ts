/**
 * Sums of two doubles, high and low, as numbers of some 106 bits (Dekker 1971; Knuth's two-sum): for what lies too near to a half for one
 * double to round. Results are left in `out`: [high, low], so that nothing is allocated.
 */
export const out = new Float64Array(2);

/** 2^27 + 1: cuts a double into halves of 26 bits. */
const SPLITTER = 134_217_729;

/** a + b exactly, where |a| >= |b|. */
function quickSum(a: number, b: number): void {
  const high = a + b;
  out[0] = high;
  out[1] = b - (high - a);
}

/** The part of a * b that the double `product` does not hold; no overflow below 2^996. */
export function productError(a: number, b: number, product: number): number {
  const aTop = SPLITTER * a;
  const bTop = SPLITTER * b;
  const aHigh = aTop - (aTop - a);
  const bHigh = bTop - (bTop - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** Adds two double-doubles; the sum stands in `high` and `low`. */
export function add(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const sum = aHigh + bHigh;
  const part = sum - aHigh;
  const error = aHigh - (sum - part) + (bHigh - part);
  quickSum(sum, error + aLow + bLow);
}

/** Multiplies two double-doubles; the product stands in `high` and `low`. */
export function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const product = aHigh * bHigh;
  quickSum(product, productError(aHigh, bHigh, product) + aHigh * bLow + aLow * bHigh);
}

/** The quotient of two whole numbers below 2^53. */
export function divide(a: number, b: number): void {
  const high = a / b;
  const product = high * b;
  quickSum(high, (a - product - productError(high, b, product)) / b);
}
