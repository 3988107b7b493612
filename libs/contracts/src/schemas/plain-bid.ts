import { LIMITS } from '../limits.js';
import { IDEMPOTENCY_KEY, type BidBodyWire } from './bids.js';
import { QUANTITY_MIN } from './primitives.js';
import { isPlainName } from './text.js';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isQuantity = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= LIMITS.quantity;
const isPositive = (value: unknown): boolean => typeof value === 'number' && value >= QUANTITY_MIN && value <= LIMITS.quantity;
const isCount = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

const isPlainLabel = (value: unknown): boolean => typeof value === 'string' && isPlainName(value);

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

function isPlainValuation(value: unknown): boolean {
  if (!isFields(value) || typeof value.kind !== 'string' || !Object.hasOwn(VALUATIONS, value.kind)) return false;
  return Object.keys(value).length === VALUATION_FIELDS[value.kind] && VALUATIONS[value.kind](value);
}

function isPlainChunks(value: unknown): boolean {
  if (!isFields(value)) return false;
  let sites = 0,
    total = 0;
  for (const site in value) {
    const count = value[site];
    if (!isCount(count, 0, LIMITS.chunksPerBid)) return false;
    sites += 1;
    total += count as number;
  }
  return sites <= LIMITS.sitesPerBid && total <= LIMITS.chunksPerBid;
}

function isPlainVolumes(value: unknown): boolean {
  if (!isFields(value)) return false;
  for (const name in value) if (!isQuantity(value[name])) return false;
  return true;
}

/** Without the label. */
const BID_FIELDS = 7;

/**
 * Whether a value, as JSON.parse gave it, is a bid that the schema `bidBody` takes as it is: most bids need not be taken apart. False says
 * nothing: the schema decides, and says what is wrong.
 */
export const isPlainBid = (value: unknown): value is BidBodyWire => isFields(value) && isPlainFields(value, BID_FIELDS);

/** The same for `bulkItem`. */
export const isPlainBulkItem = (value: unknown): value is BidBodyWire & { idempotencyKey: string } =>
  isFields(value) && isPlainKey(value.idempotencyKey) && isPlainFields(value, BID_FIELDS + 1);

const isPlainKey = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= LIMITS.idempotencyKeyLength && IDEMPOTENCY_KEY.test(value);

/** The fields that a bid must have, the label where it has one, and no others: their number says so. */
function isPlainFields(value: Fields, fieldCount: number): boolean {
  const { label } = value;
  return (
    Object.keys(value).length === (label === undefined ? fieldCount : fieldCount + 1) &&
    (label === undefined || isPlainLabel(label)) &&
    isCount(value.epochs, 1, LIMITS.epochs) &&
    isPositive(value.throughput) &&
    isQuantity(value.parameterMB) &&
    isPlainValuation(value.valuation) &&
    isPlainChunks(value.chunks) &&
    isPlainVolumes(value.worker) &&
    isPlainVolumes(value.ps)
  );
}
