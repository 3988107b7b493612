import { invariant } from './invariant.js';

/** Money: an exact count of millionths of a credit. Never a float. */
export type Micros = bigint & { readonly __unit: 'micro-credit' };
/** An amount as micro-credits. */
export const micros = (amount: bigint): Micros => amount as Micros;
/** Micro-credits of a credit. */
export const MICROS_PER_CREDIT = 1_000_000n;

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/;

/**
 * Reads a decimal amount of credits with at most six fraction digits ("812.4"), exactly.
 * @returns the amount, or undefined where the text is not such a decimal.
 */
export function parseMicros(text: string): Micros | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const magnitude = BigInt(whole) * MICROS_PER_CREDIT + BigInt(fraction.padEnd(6, '0'));
  return micros(sign === '-' ? -magnitude : magnitude);
}

/** Writes an amount as a decimal of credits without trailing zeros: 812400000 becomes "812.4". */
export function formatMicros(amount: bigint): string {
  const sign = amount < 0n ? '-' : '';
  const magnitude = amount < 0n ? -amount : amount;
  if (magnitude <= SAFE_MAX) return sign + formatSafe(Number(magnitude));
  return sign + decimalOf((magnitude / MICROS_PER_CREDIT).toString(), (magnitude % MICROS_PER_CREDIT).toString());
}

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
const MICROS_A_CREDIT = Number(MICROS_PER_CREDIT);

/** Most amounts are exact as doubles, which are divided ten times as fast. */
function formatSafe(magnitude: number): string {
  const fraction = magnitude % MICROS_A_CREDIT;
  return decimalOf(String((magnitude - fraction) / MICROS_A_CREDIT), String(fraction));
}

function decimalOf(whole: string, fraction: string): string {
  if (fraction === '0') return whole;
  const digits = fraction.padStart(6, '0');
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end--;
  return `${whole}.${digits.slice(0, end)}`;
}

const ZERO = '0'.charCodeAt(0);

/**
 * What a quantity costs at a posted price: quantity (milli-units) times price (micro-credits per unit), rounded half up once.
 * Every payment is a sum of these, so that anyone can recompute it from the recorded prices.
 */
export function amountOf(quantityMilli: number, unitPriceMicros: bigint): Micros {
  invariant(Number.isSafeInteger(quantityMilli) && quantityMilli >= 0, 'quantity is a whole number of milli-units');
  return micros((BigInt(quantityMilli) * unitPriceMicros + 500n) / 1000n);
}
