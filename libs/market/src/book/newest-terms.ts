import { ORACLE_VERSION } from '#kinds';
import type { MarketTerms } from '#log';
import type { PriceRule } from '#mechanism';

/** Terms with these prices, and the newest of all else: what new markets get. */
export const newestTerms = (prices: PriceRule): MarketTerms => ({ policy: 'eris', oracle: ORACLE_VERSION, prices });
