import type { AnswerOf } from '#contracts';
import type { PricesOutcome } from '#market';
import { formatMicros } from '#units';

type Prices = Extract<PricesOutcome, { kind: 'prices' }>;

/** Prices by name: index 0 of the cells is bandwidth, then the resources of each site. */
export function priceView({ priceVersion, resources, siteIds, slots, nextSlot }: Prices): AnswerOf<'readPrices'> {
  return {
    priceVersion: priceVersion.toString(),
    slots: slots.map(({ slot, cells }) => {
      const sites: Record<string, Record<string, string>> = {};
      let cell = 1;
      for (const id of siteIds) {
        const prices: Record<string, string> = (sites[id] = {});
        for (const name of resources) prices[name] = formatMicros(cells[cell++]);
      }
      return { slot, bandwidth: formatMicros(cells[0]), sites };
    }),
    nextSlot,
  };
}
