import { formatMicros, micros, type Micros } from '#units';
import type { PaymentLine, SpendingCap } from './types.js';

/** What the lines of a payment come to in the slots of a cap. */
export function spentIn({ from, to }: Pick<SpendingCap, 'from' | 'to'>, lines: readonly PaymentLine[]): Micros {
  let spent = 0n;
  for (const { slot, amount } of lines) if (slot >= from && slot < to) spent += amount;
  return micros(spent);
}

/** The first cap that a payment does not keep; undefined where it keeps all. */
export const brokenCap = (caps: readonly SpendingCap[], lines: readonly PaymentLine[]): SpendingCap | undefined =>
  caps.find((cap) => spentIn(cap, lines) > cap.leftMicros);

/** A cap and by how much a payment is beyond it, in words. */
export const capText = (cap: SpendingCap, lines: readonly PaymentLine[]): string =>
  `it takes ${formatMicros(spentIn(cap, lines))} of the budget ${JSON.stringify(cap.name)}, which has ${formatMicros(cap.leftMicros)} left for slots ${cap.from} to ${cap.to - 1}`;
