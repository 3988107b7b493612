import { at } from '#units';
import { LIMITS } from '../limits.js';
import { IDEMPOTENCY_KEY } from './bids.js';
import { ID, QUANTITY_MIN } from './primitives.js';
import { isPlainName } from './text.js';

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object. */
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Whether the schema `quantity` takes a value. */
export const isQuantity = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= LIMITS.quantity;
/** Whether the schema `positive` takes a value. */
export const isPositive = (value: unknown): boolean => typeof value === 'number' && value >= QUANTITY_MIN && value <= LIMITS.quantity;
/** Whether the schema `count(min, max)` takes a value. */
export const isCount = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

function isPlainTable(values: unknown): boolean {
  if (!Array.isArray(values) || values.length === 0 || values.length > LIMITS.horizonSlots) return false;
  return values.every((worth, index) => isQuantity(worth) && (index === 0 || worth <= values[index - 1]));
}

/** Whether the fields of a valuation are as they must be, by its kind, and how many there are. */
const VALUATIONS: Readonly<Record<string, (fields: Fields) => boolean>> = {
  sigmoid: ({ scale, tau, width }) => isQuantity(scale) && isQuantity(tau) && isPositive(width),
  deadline: ({ value, deadline }) => isQuantity(value) && isCount(deadline, 0, LIMITS.horizonSlots),
  linear: ({ value, decay }) => isQuantity(value) && isQuantity(decay),
  table: ({ values }) => isPlainTable(values),
};
const VALUATION_FIELDS: Readonly<Record<string, number>> = { sigmoid: 4, deadline: 3, linear: 3, table: 2 };

/** Whether a valuation is one that its schema takes as it is. */
export function isPlainValuation(value: unknown): boolean {
  if (!isFields(value) || typeof value.kind !== 'string' || !Object.hasOwn(VALUATIONS, value.kind)) return false;
  return Object.keys(value).length === VALUATION_FIELDS[value.kind] && at(VALUATIONS, value.kind)(value);
}

/** Whether a label is one that its schema takes as it is. */
export const isPlainLabel = (value: unknown): boolean => typeof value === 'string' && isPlainName(value);

/** Whether an id is one that its schema takes as it is. */
export const isPlainId = (value: unknown): boolean => typeof value === 'string' && ID.test(value);

/** Whether an idempotency key is one that its schema takes as it is. */
export const isPlainKey = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LIMITS.idempotencyKeyLength && IDEMPOTENCY_KEY.test(value);
