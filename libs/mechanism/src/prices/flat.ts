import { invariant, type Micros } from '#units';

/**
 * A flat price by share: a unit of resource k costs level_k / C_k in a slot, however much is sold; C_k is what the whole market has of k in that
 * slot, over all its sites. A MB of traffic costs the level of the bandwidth by the slot's budget. So a level is what all of a resource costs for
 * a slot. Where a slot's capacity differs, so does the price there; of what the market has none of, a unit costs the level itself.
 */
export interface FlatRule {
  readonly kind: 'flat';
  /** Of everything that `levels` does not name. */
  readonly level: Micros;
  /** Of "bandwidth" or of a resource by its name, where it has a level of its own. */
  readonly levels: Readonly<Record<string, Micros>>;
}

/** How one resource, or bandwidth, is priced. */
export interface FlatPricing {
  readonly kind: 'flat';
  readonly levelMicros: number;
}

/** How the rule prices "bandwidth", or a resource by its name. */
export function flatPricing({ level, levels }: FlatRule, name: string): FlatPricing {
  const levelMicros = Number(Object.hasOwn(levels, name) ? levels[name] : level);
  invariant(Number.isSafeInteger(levelMicros) && levelMicros >= 0, 'a level is a whole number of micro-credits');
  return { kind: 'flat', levelMicros };
}

const MILLI = 1_000;

/**
 * The posted price: level / C, in whole micro-credits per unit, rounded half up once.
 * @param supply what the market has of it in the slot, milli-units.
 * @returns micro-credits, exact as a double up to 2^53, the nearest double beyond.
 */
export function flatPriceAt({ levelMicros }: FlatPricing, supply: number): number {
  if (supply === 0) return levelMicros;
  const scaled = levelMicros * MILLI;
  const doubled = 2 * scaled + supply; // floor((2 a + b) / 2 b) is a / b rounded half up
  if (doubled > Number.MAX_SAFE_INTEGER) return Number((2n * BigInt(levelMicros) * BigInt(MILLI) + BigInt(supply)) / (2n * BigInt(supply)));
  return (doubled - (doubled % (2 * supply))) / (2 * supply);
}
