import { LIMITS, type AnswerOf } from '#contracts';
import type { PricesOutcome } from '#market';
import { formatMicros } from '#units';

type Prices = Extract<PricesOutcome, { kind: 'prices' }>;

/** Prices by name: index 0 of the cells is bandwidth, then the resources of each site. At most as many slots as one answer may have. */
export function priceView({ priceVersion, resources, siteIds, slots }: Prices): AnswerOf<'readPrices'> {
  const sitePrices = (cells: readonly bigint[], site: number) =>
    Object.fromEntries(resources.map((name, k) => [name, formatMicros(cells[1 + site * resources.length + k])]));
  return {
    priceVersion: priceVersion.toString(),
    slots: slots.slice(0, LIMITS.priceSlots).map(({ slot, cells }) => ({
      slot,
      bandwidth: formatMicros(cells[0]),
      sites: Object.fromEntries(siteIds.map((id, site) => [id, sitePrices(cells, site)])),
    })),
  };
}
