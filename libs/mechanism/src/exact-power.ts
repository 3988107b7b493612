/**
 * gamma^(used/capacity) in whole numbers, for the few prices that lie too near to a half micro-credit for doubles to round: exactly where it
 * is rational, else in 192-bit fixed point. Platform-independent, so that a replay elsewhere finds the same integer.
 */
const BITS = 192n;
const ONE = 1n << BITS;
const HALF_TOLERANCE = 1n << (BITS - 120n); // nearer below a half than this times the unit is a half, and rounds up

const multiply = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

/** A double, exactly, in fixed point (doubles are dyadic). */
function fixedOf(value: number): bigint {
  let scale = 0n;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    scale++;
  }
  return (BigInt(whole) << BITS) >> scale;
}

/** A fixed number as the sum of two doubles, the low one below half a unit of the high one's last place. */
export function doublesOf(fixed: bigint): readonly [number, number] {
  const high = Number(fixed) / 2 ** Number(BITS);
  return [high, Number(fixed - fixedOf(high)) / 2 ** Number(BITS)];
}

/** atanh(y) = y + y^3/3 + y^5/5 + … for 0 <= y <= 1/3. */
function atanhSeries(y: bigint): bigint {
  const square = multiply(y, y);
  let power = y;
  let sum = 0n;
  for (let odd = 1n; power > 0n; odd += 2n) {
    sum += power / odd;
    power = multiply(power, square);
  }
  return sum;
}

/** ln(2), fixed. */
const LN2 = 2n * atanhSeries(ONE / 3n);

/** ln(gamma), fixed: halve until below 2, then the atanh series. @param gamma >= 1. */
export function logOf(gamma: number): bigint {
  let halvings = 0n;
  let mantissa = fixedOf(gamma);
  while (mantissa >= 2n * ONE) {
    mantissa >>= 1n;
    halvings++;
  }
  return halvings * LN2 + atanhSeries(((mantissa - ONE) << BITS) / (mantissa + ONE)) * 2n;
}

/** 1 / n! for n = 0, 1, …, as many as tell for an argument below 2^-18. */
const INVERSE_FACTORIALS = inverseFactorials(11);

function inverseFactorials(count: number): bigint[] {
  const table = [ONE];
  for (let n = 1; n < count; n++) table.push(table[n - 1] / BigInt(n));
  return table;
}

/** e^x for a fixed x below 2^-18. */
function exponentialNearZero(x: bigint): bigint {
  let sum = 0n;
  for (let n = INVERSE_FACTORIALS.length - 1; n >= 0; n--) sum = multiply(sum, x) + INVERSE_FACTORIALS[n];
  return sum;
}

/** An argument is cut into three digits of six bits, whose powers are known, and a rest. */
const DIGIT_BITS = 6n;
const DIGIT_MASK = (1n << DIGIT_BITS) - 1n;
const DIGITS = 3;
const POWERS = powersOfDigits();

/** e^(i / 64), e^(i / 64^2) and e^(i / 64^3), i = 0 … 63. */
function powersOfDigits(): readonly (readonly bigint[])[] {
  const tables: bigint[][] = [];
  let step = exponentialNearZero(ONE >> (DIGIT_BITS * BigInt(DIGITS)));
  for (let digit = DIGITS; digit > 0; digit--) {
    const table = [ONE];
    for (let i = 0n; i <= DIGIT_MASK; i++) table.push(multiply(table[table.length - 1], step));
    step = table[table.length - 1];
    tables.unshift(table);
  }
  return tables;
}

/** e^x for a fixed x >= 0. */
export function exponential(x: bigint): bigint {
  const twos = x / LN2;
  let rest = x - twos * LN2;
  let power = ONE;
  let shift = BITS;
  for (const table of POWERS) {
    shift -= DIGIT_BITS;
    power = multiply(power, table[Number(rest >> shift)]);
    rest &= (1n << shift) - 1n;
  }
  return multiply(power, exponentialNearZero(rest)) << twos;
}

/** 2^(i / count), fixed, i = 0 … count - 1. */
export const rootsOfTwo = (count: number): bigint[] =>
  Array.from({ length: count }, (_, i) => exponential((LN2 * BigInt(i)) / BigInt(count)));

/**
 * unit * (gamma^(used/capacity) - 1) in micro-credits, rounded half up.
 * @param log ln(gamma), fixed; @param used milli-units, 0 <= used <= capacity, capacity > 0; @param unitMicros micro-credits.
 */
export function wideRaise(log: bigint, used: number, capacity: number, unitMicros: bigint): bigint {
  const price = unitMicros * (exponential((log * BigInt(used)) / BigInt(capacity)) - ONE);
  return (price + (ONE >> 1n) + unitMicros * HALF_TOLERANCE) >> BITS;
}
