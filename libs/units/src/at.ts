import { invariant } from './invariant.js';

/**
 * What stands at a place where something must stand: indices and names that are our own. What others name is looked for and may be missing.
 * @throws InvariantBroken where there is nothing.
 */
export function at<Item>(items: ArrayLike<Item>, index: number): Item;
/** What stands under a name. @throws InvariantBroken where there is nothing. */
export function at<Item>(items: Readonly<Record<string, Item>>, name: string): Item;
/** Either. */
export function at<Item>(items: Readonly<Record<number | string, Item>> | ArrayLike<Item>, place: number | string): Item {
  const item = (items as Readonly<Record<number | string, Item | undefined>>)[place];
  invariant(item !== undefined, 'something stands at a place that is known');
  return item;
}

/** The last of a list that is not empty. @throws InvariantBroken where it is. */
export const lastOf = <Item>(items: ArrayLike<Item>): Item => at(items, items.length - 1);
