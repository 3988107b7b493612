import { cellsFrom } from '#mechanism';
import { at, type Milli, supplyMilli } from '#units';
import type { BodyFault } from '#kinds';
import type { MarketRecord, SiteRecord } from './ports.js';

/** Units per resource name, as an operator writes them. */
export type Quantities = Readonly<Record<string, number>>;

/** What is wrong with the names in a capacity; paths as in the request's body. */
export function capacityFaults(capacity: Quantities, { resources }: MarketRecord): BodyFault[] {
  const unknown = Object.keys(capacity).filter((name) => !resources.includes(name));
  return unknown.map((name) => ({ path: `$.capacity.${name}`, message: `is not a resource of this market (${resources.join(', ')})` }));
}

/** In the market's resource order, rounded down to a thousandth; a resource that is not named keeps what it had, or none. */
export function capacityOf(capacity: Quantities, { resources }: MarketRecord, before: readonly Milli[] = []): Milli[] {
  return resources.map((name, index) =>
    Object.hasOwn(capacity, name) ? supplyMilli(at(capacity, name)) : (before[index] ?? supplyMilli(0)),
  );
}

/** What there is of every cell. Sites in order of their ordinals. */
export const capacityCells = ({ bandwidthKb }: MarketRecord, sites: readonly SiteRecord[]): Milli[] =>
  cellsFrom(
    bandwidthKb,
    sites.map((site) => site.capacityMilli),
  );

/** Units by resource name: what the API shows. */
export const unitsOf = ({ resources }: Pick<MarketRecord, 'resources'>, capacityMilli: readonly Milli[]): Quantities =>
  Object.fromEntries(resources.map((name, index) => [name, at(capacityMilli, index) / 1000]));
