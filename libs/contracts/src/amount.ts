import { invariant, type Micros, parseMicros } from '#units';

/** Reads an amount that the contract has checked. */
export function microsOf(text: string): Micros {
  const amount = parseMicros(text);
  invariant(amount !== undefined, 'the contract lets only amounts through');
  return amount;
}
