import { bookOf, microsToCredits, toBid, type Instance } from '#lab';
import type { TrainingOracle, TrainingMenu } from '#kinds';
import { menuOf, valueAt } from '#mechanism';
import type { Comparison } from './figures.js';
import type { Case } from './cases.js';

/** The menu of the instance's only job, in credits by d. */
export function ourMenu(instance: Instance, oracle: TrainingOracle): readonly (number | null)[] {
  const [job] = instance.jobs;
  if (!job) return [];
  const menu = menuOf({ book: bookOf(instance), job: toBid(job, instance.resources).job, arrival: job.arrival, oracle });
  return pricesByDelay(menu, { arrival: job.arrival, slots: instance.slots });
}

/** Prices in credits by d = completion - arrival. */
export function pricesByDelay(menu: TrainingMenu, { arrival, slots }: { arrival: number; slots: number }): readonly (number | null)[] {
  const prices = Array.from({ length: slots - arrival }, () => null as number | null);
  for (const { completion, price } of menu) prices[completion - arrival] = microsToCredits(price);
  return prices;
}

/** Our menu beside the exact one. */
export function compare({ instance, menu }: Case, oracle: TrainingOracle): Comparison {
  const [job] = instance.jobs;
  const value = (d: number): number => (job ? microsToCredits(valueAt(job.valuation, d)) : 0);
  return { exact: menu, ours: ourMenu(instance, oracle), value };
}
