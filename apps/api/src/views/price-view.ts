import type { AnswerOf } from '#contracts';
import type { PricesOutcome, SlotPrices } from '#market';
import { BANDWIDTH_CELL, firstCellOf } from '#mechanism';
import { at, formatMicros } from '#units';

type SlotView = AnswerOf<'readPrices'>['slots'][number];

/** A slot's prices by name. */
export function slotPricesView({ slot, cells, resources, siteIds }: SlotPrices): SlotView {
  const sites: Record<string, Record<string, string>> = {};
  siteIds.forEach((id, site) => {
    const first = firstCellOf(site, resources.length);
    sites[id] = Object.fromEntries(resources.map((name, k) => [name, formatMicros(at(cells, first + k))]));
  });
  return { slot, bandwidth: formatMicros(at(cells, BANDWIDTH_CELL)), sites };
}

/** Posted prices as the API tells them. */
export function priceView({ priceVersion, slots, nextSlot }: Extract<PricesOutcome<SlotView>, { kind: 'prices' }>): AnswerOf<'readPrices'> {
  return { priceVersion: priceVersion.toString(), slots: [...slots], nextSlot };
}
