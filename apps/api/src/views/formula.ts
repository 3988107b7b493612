import type { CellFigures } from '#market';
import type { PriceRule } from '#mechanism';
import { formatMicros, formatMilli } from '#units';

/** A rule of prices with the numbers of a resource of a site in a slot in it. */
export function formulaOf(rule: PriceRule, resource: string, { usedMilli, capacityMilli, supplyMilli }: CellFigures): string {
  if (rule.kind === 'paper') {
    const share = `${formatMilli(usedMilli)} / ${formatMilli(capacityMilli)}`;
    return `${formatMicros(rule.unit)} * (${rule.gamma[resource] ?? 1} ^ (${share}) - 1) + ${formatMicros(rule.reserve)}`;
  }
  const level = (rule.kind === 'flat' ? rule.levels[resource] : undefined) ?? rule.level;
  return supplyMilli === 0 ? formatMicros(level) : `${formatMicros(level)} / ${formatMilli(supplyMilli)}`;
}
