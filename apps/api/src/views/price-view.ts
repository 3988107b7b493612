import type { AnswerOf } from '#contracts';
import type { PricesOutcome, SlotPrices } from '#market';
import { formatMicros } from '#units';

type SlotView = AnswerOf<'readPrices'>['slots'][number];

/** A slot's prices by name: index 0 of the cells is bandwidth, then the resources of each site. */
export function slotPricesView({ slot, cells, resources, siteIds }: SlotPrices): SlotView {
  const sites: Record<string, Record<string, string>> = {};
  let cell = 1;
  for (const id of siteIds) {
    const prices: Record<string, string> = (sites[id] = {});
    for (const name of resources) prices[name] = formatMicros(cells[cell++]);
  }
  return { slot, bandwidth: formatMicros(cells[0]), sites };
}

export function priceView({ priceVersion, slots, nextSlot }: Extract<PricesOutcome<SlotView>, { kind: 'prices' }>): AnswerOf<'readPrices'> {
  return { priceVersion: priceVersion.toString(), slots: [...slots], nextSlot };
}
