import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict } from '#postgres';
import { invariant } from '#units';

const ATTEMPTS_MAX = 5;
const PAUSE_MS_FIRST = 10;
const PAUSE_MS_MAX = 200;

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
