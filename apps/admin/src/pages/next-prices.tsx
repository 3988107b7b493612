import type { Market } from '../app/market.js';
import { formulaOf, ruleInWords } from '../model/price-rule.js';
import { Notice } from '../parts/states.js';

/** Says where a market has other prices from its next slot on. */
export function NextPrices({ market, resource }: { readonly market: Market; readonly resource: string }) {
  const { nextPrices } = market;
  if (nextPrices === null) return null;
  return (
    <Notice>
      <strong>
        Other prices from slot {market.slot + 1} on: {ruleInWords(nextPrices)}
      </strong>
      <span>
        {resource}: {formulaOf(nextPrices, resource)}. Bids were decided in this slot, so that its prices stay until the clock moves.
      </span>
    </Notice>
  );
}
