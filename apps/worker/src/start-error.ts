import { DatabaseUnfit } from '#persistence';
import { AddressError } from '#postgres';

/** Why the worker can't start, in words for whoever starts it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What went wrong with the database at the start, in one line where there are words for it. */
export function databaseStartError(cause: unknown): unknown {
  if (cause instanceof AddressError) return new StartError(cause.message, { cause });
  return cause instanceof DatabaseUnfit ? new StartError(`the database does not answer as it must: ${cause.message}`, { cause }) : cause;
}
