import { createRecurrence } from '#calendar';
import { OpenRecurring } from '#market';
import { createBase, createRecurringReader, createRecurringWork } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { RECURRING_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Opens occurrences of recurring maintenance as windows, as the clocks of their markets come near. One that fails keeps no other one. */
export function openRecurring({ pool, settings, clock, report }: WorkerParts): Service {
  const base = createBase(settings.databaseUrl);
  const onFailed = (recurringId: bigint, cause: unknown): void =>
    report.trouble('recurring', cause, undefined, { recurringId: recurringId.toString() });
  const opening = new OpenRecurring(createRecurringReader(pool, base), createRecurringWork(base), createRecurrence(), onFailed);
  const service = runPeriodically(
    {
      name: 'recurring',
      everyMs: RECURRING_MS,
      run: () => opening.run(),
      onFailed: (cause) => report.trouble('recurring', cause),
    },
    clock,
  );
  return {
    ...service,
    stop: async () => {
      await service.stop();
      await base.close();
    },
  };
}
