/** Thrown when a law of the house is broken: always our bug, never a user's. */
export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken';
}

/**
 * Asserts a law.
 * @throws InvariantBroken naming the law, when the condition is false.
 */
export function invariant(condition: boolean, law: string): asserts condition {
  if (!condition) throw new InvariantBroken(`law broken: ${law}`);
}
