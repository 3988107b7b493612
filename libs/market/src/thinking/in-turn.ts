import type { Party } from './fair-queue.js';

/**
 * Does something of a party when it is its turn, so that nobody's many requests hold up the others. Rejects, with nothing done, where the party has as
 * much under way as it may, where there is too much in all, or where its turn does not come in time.
 */
export type InTurn = <T>(party: Party, work: () => Promise<T>) => Promise<T>;

/** Without turns: for who is alone. */
export const atOnce: InTurn = (_party, work) => work();
