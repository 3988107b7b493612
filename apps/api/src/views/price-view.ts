import type { AnswerOf } from '#contracts';
import type { PricesOutcome } from '#market';
import { formatMicros } from '#units';

type Prices = Extract<PricesOutcome, { kind: 'prices' }>;

/** Prices by name: index 0 of the cells is bandwidth, then the resources of each site. */
export function priceView({ priceVersion, resources, siteIds, slots, nextSlot }: Prices): AnswerOf<'readPrices'> {
  const sitePrices = (cells: readonly bigint[], site: number) =>
    Object.fromEntries(resources.map((name, k) => [name, formatMicros(cells[1 + site * resources.length + k])]));
  return {
    priceVersion: priceVersion.toString(),
    slots: slots.map(({ slot, cells }) => ({
      slot,
      bandwidth: formatMicros(cells[0]),
      sites: Object.fromEntries(siteIds.map((id, site) => [id, sitePrices(cells, site)])),
    })),
    nextSlot,
  };
}
