import { add, divide, multiply, out, productError } from './double-double.js';
import { doublesOf, rootsOfTwo } from './exact-power.js';

/** Powers of two are tabled in so many parts: what is left of an argument is small, and its series short. */
const PARTS_BITS = 8;
const PARTS = 1 << PARTS_BITS;
const PARTS_PER_ONE = PARTS / Math.LN2;
/** ln(2) / PARTS as two doubles. */
const PART_HIGH = 0.6931471805599453 / PARTS;
const PART_LOW = 2.3190468138462996e-17 / PARTS;

/** 2^(i / PARTS) and 2^(i / PARTS) - 1 as two doubles each, i = 0 … PARTS - 1. */
const [POWER_HIGH, POWER_LOW, RAISE_HIGH, RAISE_LOW] = tabled();

function tabled(): readonly Float64Array[] {
  const columns = [0, 1, 2, 3].map(() => new Float64Array(PARTS));
  const roots = rootsOfTwo(PARTS);
  roots.forEach((root, i) => [...doublesOf(root), ...doublesOf(root - roots[0])].forEach((value, column) => (columns[column][i] = value)));
  return columns;
}

/** 2^n: no power of a gamma that is a double is larger. */
const TWOS = Float64Array.from({ length: 1_024 }, (_, twos) => 2 ** twos);

/** 1 / n! as doubles and, for the first terms, what those lack. */
const [INVERSE_HIGH, INVERSE_LOW] = inverseFactorials(10);

function inverseFactorials(count: number): readonly [Float64Array, Float64Array] {
  const columns = [new Float64Array(count), new Float64Array(count)] as const;
  for (let n = 0, factorial = 1; n < count; n++, factorial *= n) {
    divide(1, factorial); // 9! < 2^53
    columns.forEach((column, at) => (column[n] = out[at]));
  }
  return columns;
}
/** Terms of the series that take two doubles; those beyond are too small for that to matter. */
const FINE_TERMS = 5;

/** (e^rest - 1) for a rest of one part, into `out`. */
function fineSeries(rest: number, restLow: number): void {
  let sum = INVERSE_HIGH[INVERSE_HIGH.length - 1];
  for (let n = INVERSE_HIGH.length - 2; n > FINE_TERMS; n--) sum = sum * rest + INVERSE_HIGH[n];
  let sumLow = 0;
  for (let n = FINE_TERMS; n >= 1; n--) {
    multiply(sum, sumLow, rest, restLow);
    add(INVERSE_HIGH[n], INVERSE_LOW[n], out[0], out[1]);
    sum = out[0];
    sumLow = out[1];
  }
  multiply(sum, sumLow, rest, restLow);
}

/** e^x - 1 for x = high + low, 0 <= x < 700, into `out`: right to some 2^-98 of itself, also near zero. */
export function fineExpm1(high: number, low: number): void {
  const parts = Math.floor(high * PARTS_PER_ONE);
  const product = parts * PART_HIGH;
  add(high, low, -product, -productError(parts, PART_HIGH, product) - parts * PART_LOW);
  fineSeries(out[0], out[1]);
  const at = parts & (PARTS - 1);
  multiply(POWER_HIGH[at], POWER_LOW[at], out[0], out[1]);
  add(RAISE_HIGH[at], RAISE_LOW[at], out[0], out[1]);
  if (parts < PARTS) return;
  const power = TWOS[parts >> PARTS_BITS];
  add(power - 1, 0, out[0] * power, out[1] * power);
}
