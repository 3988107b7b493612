import { BANDWIDTH_CELL, capacityOf, firstCellOf, kindOfCell, somePricesOf, usageOf } from '#mechanism';
import { at } from '#units';
import { type MarketState, openSlots } from '../book/index.js';

/** A resource of a site in a slot, or bandwidth. */
export interface CellOfSlot {
  readonly slot: number;
  /** By its ordinal; null for bandwidth. */
  readonly site: number | null;
  readonly resource: string;
}

/** What the price of a cell follows from, beside the rule. */
export interface CellFigures {
  /** What is sold of it, and what there is, milli-units. */
  readonly usedMilli: number;
  readonly capacityMilli: number;
  /** What the whole market has of its resource in that slot, milli-units. */
  readonly supplyMilli: number;
  /** Micro-credits for a unit (an MB of bandwidth) and slot. */
  readonly price: bigint;
}

/** The number of a cell among those of its slot. */
export const cellNumber = ({ site, resource }: Pick<CellOfSlot, 'site' | 'resource'>, resources: readonly string[]): number =>
  site === null ? BANDWIDTH_CELL : firstCellOf(site, resources.length) + resources.indexOf(resource);

/** What is sold of a cell, what there is of it, and what it costs, in a market as it is or was. */
export function cellFigures(state: MarketState, { slot, ...of }: CellOfSlot): CellFigures {
  const { resources } = state;
  const book = openSlots(state, slot, 1);
  const cell = cellNumber(of, resources);
  const capacity = capacityOf(book, slot);
  const kind = kindOfCell(cell, resources.length);
  const supplyMilli = capacity.reduce((sum, each, index) => (kindOfCell(index, resources.length) === kind ? sum + each : sum), 0);
  return {
    usedMilli: at(usageOf(book, slot), cell),
    capacityMilli: at(capacity, cell),
    supplyMilli,
    price: at(somePricesOf(book, slot, cell, 1), 0),
  };
}
