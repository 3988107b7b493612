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

export function add(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const sum = aHigh + bHigh;
  const part = sum - aHigh;
  const error = aHigh - (sum - part) + (bHigh - part);
  quickSum(sum, error + aLow + bLow);
}

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

const LN2_HIGH = 0.6931471805599453;
const LN2_LOW = 2.3190468138462996e-17;
/** Halvings of the argument before the series, undone by as many doublings. */
const HALVINGS = 4;
const TERMS = 15;
/** 1 / n! as [high, low] for n = 0, 1, …. */
const INVERSE_FACTORIAL = inverseFactorials();

function inverseFactorials(): Float64Array {
  const table = new Float64Array(2 * (TERMS + 1));
  for (let n = 0, factorial = 1; n <= TERMS; n++, factorial *= n) {
    divide(1, factorial); // 15! < 2^53
    table.set(out, 2 * n);
  }
  return table;
}

/** e^x - 1 for x = high + low, |x| < 700: right to some 100 bits, also near zero. */
export function expm1(high: number, low: number): void {
  const twos = Math.round(high / LN2_HIGH);
  const product = twos * LN2_HIGH;
  add(high, low, -product, -productError(twos, LN2_HIGH, product) - twos * LN2_LOW);
  const scale = 2 ** -HALVINGS;
  const x = out[0] * scale;
  const xLow = out[1] * scale;
  let sum = INVERSE_FACTORIAL[2 * TERMS];
  let sumLow = INVERSE_FACTORIAL[2 * TERMS + 1];
  for (let n = TERMS - 1; n >= 1; n--) {
    multiply(sum, sumLow, x, xLow);
    add(out[0], out[1], INVERSE_FACTORIAL[2 * n], INVERSE_FACTORIAL[2 * n + 1]);
    sum = out[0];
    sumLow = out[1];
  }
  multiply(sum, sumLow, x, xLow);
  for (let i = 0; i < HALVINGS; i++) {
    const value = out[0];
    const valueLow = out[1];
    add(2, 0, value, valueLow); // e^2y - 1 = (e^y - 1) (e^y - 1 + 2)
    multiply(out[0], out[1], value, valueLow);
  }
  const power = 2 ** twos;
  add(power - 1, 0, out[0] * power, out[1] * power);
}
