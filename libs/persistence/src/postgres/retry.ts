import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { invariant } from '#units';

/** SQLSTATEs by which Postgres takes a transaction back for the sake of another one: it may be run again as it is. */
const CONFLICTS = new Set<unknown>(['40001', '40P01']);
/** Prisma's word for the same. */
const PRISMA_CONFLICT = 'P2034';
const CAUSES_MAX = 5;

const ATTEMPTS_MAX = 5;
const PAUSE_MS_FIRST = 10;
const PAUSE_MS_MAX = 200;

/** Where pg, Prisma and its adapter say what happened: Prisma keeps a raw statement's error in `meta`. */
interface DatabaseError {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly kind?: unknown;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** Whether an error says that a transaction lost against another one (deadlock, serialization), however deep it lies. */
export function isConflict(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > CAUSES_MAX) return false;
  const { code, originalCode, kind, cause, meta } = error as DatabaseError;
  if (code === PRISMA_CONFLICT || kind === 'TransactionWriteConflict') return true;
  if (CONFLICTS.has(code) || CONFLICTS.has(originalCode)) return true;
  return isConflict(cause, depth + 1) || isConflict(meta?.driverAdapterError, depth + 1);
}

/**
 * Runs a transaction again where it lost against another one, at most five times in all, after pauses that grow and differ.
 * @throws the last conflict, or any other error at once.
 */
export async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attemptsLeft = ATTEMPTS_MAX - 1; ; attemptsLeft--) {
    invariant(attemptsLeft >= 0, 'attempts are bounded');
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || attemptsLeft === 0) throw error;
      await sleep(pauseMs(ATTEMPTS_MAX - 1 - attemptsLeft));
    }
  }
}

/** Between half of a pause that doubles and the whole of it: those who met do not meet again. */
function pauseMs(failures: number): number {
  const longest = Math.min(PAUSE_MS_FIRST * 2 ** failures, PAUSE_MS_MAX);
  return randomInt(longest / 2, longest + 1);
}
