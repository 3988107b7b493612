import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds, looking every so often; fails when it takes longer than `maxMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { everyMs, maxMs }: { everyMs: number; maxMs: number },
): Promise<void> {
  const endMs = performance.now() + maxMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not so within ${maxMs} ms`);
    await sleep(everyMs);
  }
}
