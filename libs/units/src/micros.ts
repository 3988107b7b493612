import { invariant } from './invariant.js';

/** Money: an exact count of millionths of a credit. Never a float. */
export type Micros = bigint & { readonly __unit: 'micro-credit' };
export const micros = (amount: bigint): Micros => amount as Micros;
export const MICROS_PER_CREDIT = 1_000_000n;

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/;

/**
 * Reads a decimal amount of credits with at most six fraction digits ("812.4"), exactly.
 * @returns the amount, or undefined where the text is not such a decimal.
 */
export function parseMicros(text: string): Micros | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = ''] = match;
  const magnitude = BigInt(whole) * MICROS_PER_CREDIT + BigInt(fraction.padEnd(6, '0'));
  return micros(sign === '-' ? -magnitude : magnitude);
}

/** Writes an amount as a decimal of credits without trailing zeros: 812400000 becomes "812.4". */
export function formatMicros(amount: bigint): string {
  const magnitude = amount < 0n ? -amount : amount;
  const fraction = (magnitude % MICROS_PER_CREDIT).toString().padStart(6, '0').replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${magnitude / MICROS_PER_CREDIT}${fraction && `.${fraction}`}`;
}

/**
 * What a quantity costs at a posted price: quantity (milli-units) times price (micro-credits per unit), rounded half up once.
 * Every payment is a sum of these, so that anyone can recompute it from the recorded prices.
 */
export function amountOf(quantityMilli: number, unitPriceMicros: bigint): Micros {
  invariant(Number.isSafeInteger(quantityMilli) && quantityMilli >= 0, 'quantity is a whole number of milli-units');
  return micros((BigInt(quantityMilli) * unitPriceMicros + 500n) / 1000n);
}
