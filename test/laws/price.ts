/** What a posted price is: gamma^(used/capacity) in 192-bit fixed point, slowly and sharing nothing with libs/mechanism. */
const BITS = 192n;
const ONE = 1n << BITS;
const HALF_TOLERANCE = 1n << (BITS - 120n); // nearer to a half than this is a half (rational powers), and rounds up

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

/** ln(x) for fixed x >= 1: halve until below 2, then the atanh series. */
function naturalLog(x: bigint): bigint {
  let halvings = 0n;
  let mantissa = x;
  while (mantissa >= 2n * ONE) {
    mantissa >>= 1n;
    halvings++;
  }
  return halvings * atanhSeries(ONE / 3n) * 2n + atanhSeries(((mantissa - ONE) << BITS) / (mantissa + ONE)) * 2n;
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

/** e^x for fixed x >= 0: halve the argument eight times, Taylor, square back. */
function exponential(x: bigint): bigint {
  const reduced = x >> 8n;
  let term = ONE;
  let sum = 0n;
  for (let k = 1n; term > 0n; k++) {
    sum += term;
    term = multiply(term, reduced) / k;
  }
  for (let k = 0; k < 8; k++) sum = multiply(sum, sum);
  return sum;
}

/**
 * unit * (gamma^(used/capacity) - 1) in micro-credits, rounded half up.
 * @param gamma >= 1; @param used milli-units, 0 <= used <= capacity, capacity > 0; @param unitMicros micro-credits.
 */
export function lawfulRaise(gamma: number, used: number, capacity: number, unitMicros: bigint): bigint {
  const exponent = (naturalLog(fixedOf(gamma)) * BigInt(used)) / BigInt(capacity);
  const price = unitMicros * (exponential(exponent) - ONE);
  return (price + (ONE >> 1n) + unitMicros * HALF_TOLERANCE) >> BITS;
}

/** Whole numbers p / q with q <= `most` that come nearest to a fixed number between zero and one: its convergents. */
function nearestFraction(target: bigint, most: bigint): { p: bigint; q: bigint } {
  let [p, q, pBefore, qBefore] = [0n, 1n, 1n, 0n];
  for (let [high, low] = [ONE, target]; low > 0n;) {
    const digit = high / low;
    if (digit * q + qBefore > most) break;
    [p, q, pBefore, qBefore] = [digit * p + pBefore, digit * q + qBefore, p, q];
    [high, low] = [low, high % low];
  }
  return { p, q };
}

/** What is sold of capacities so that each price lies about as near to a half micro-credit as any does. */
export function nearHalves(curve: {
  gamma: number;
  unitMicros: number;
  capacityMax: number;
  count: number;
}): { used: number; all: number }[] {
  const { gamma, unitMicros, capacityMax, count } = curve;
  const log = naturalLog(fixedOf(gamma));
  const highest = Math.floor(unitMicros * (gamma - 1));
  return Array.from({ length: count }, (_, index) => {
    const raise = BigInt(Math.floor((highest * (index + 1)) / (count + 2)));
    const target = (naturalLog(ONE + ((2n * raise + 1n) << BITS) / (2n * BigInt(unitMicros))) << BITS) / log;
    const { p, q } = nearestFraction(target, BigInt(capacityMax));
    return { used: Number(p), all: Number(q) };
  });
}
