import type { TrainingMenu } from '#kinds';

/** Law: a menu's completions ascend, its prices never rise and are never below zero, and every schedule is done by its completion. */
export function assertMenu(menu: TrainingMenu): void {
  menu.forEach((entry, index) => {
    const previous = menu[index - 1];
    assertLaw(entry.price >= 0n, `price ${entry.price} at ${entry.completion} is below zero`);
    assertLaw((entry.plan.at(-1)?.slot ?? Infinity) <= entry.completion, `the schedule at ${entry.completion} ends later`);
    if (!previous) return;
    assertLaw(previous.completion < entry.completion, `completions ${previous.completion}, ${entry.completion} do not ascend`);
    assertLaw(previous.price >= entry.price, `the price rises from ${previous.price} to ${entry.price} at ${entry.completion}`);
  });
}

function assertLaw(holds: boolean, what: string): void {
  if (!holds) throw new Error(`law broken: ${what}`);
}
