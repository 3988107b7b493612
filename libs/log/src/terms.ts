import { type PriceRule, SHARE_CAP_NONE } from '#mechanism';
import { amount, byName, type Codec, fields, flag, maybe, number, oneOf, orElse, text, variants, whole } from './codec.js';

/** Who decides a market's bids: admission at posted prices, as each bid arrives. */
export type Policy = 'eris';

/** How the heartbeats of a market's sites are counted. */
export interface HeartbeatTerms {
  /** How often they are expected. */
  readonly everySeconds: number;
  /** After so many that are missed a site is taken off sale; so many in time, one after the other, put it on sale again. */
  readonly missedMax: number;
}

/** Where a market says nothing of it. */
export const HEARTBEATS: HeartbeatTerms = { everySeconds: 30, missedMax: 3 };

/**
 * By what a market's bids are decided: one value, kept with the market and told in its log, where every later change of it is an entry. So a log
 * says of each decision by which policy, oracle and prices it was made.
 */
export interface MarketTerms {
  readonly policy: Policy;
  /** The version of the oracle that looks for schedules. */
  readonly oracle: string;
  readonly prices: PriceRule;
  /** What they become as the clock next moves: bids of one slot are decided by one rule. */
  readonly next?: PriceRule | undefined;
  /** Left out: HEARTBEATS. */
  readonly heartbeats?: HeartbeatTerms | undefined;
}

/** How heartbeats are counted by a market's terms. */
export const heartbeatsOf = ({ heartbeats = HEARTBEATS }: Pick<MarketTerms, 'heartbeats'>): HeartbeatTerms => heartbeats;

const prices: Codec<PriceRule> = variants({
  paper: fields({ gamma: byName(number), unit: amount, reserve: amount }),
  flat: fields({ level: amount, levels: byName(amount) }),
  learning: fields({
    level: amount,
    learns: flag,
    floor: amount,
    ceiling: amount,
    opening: orElse(flag, false),
    shareCap: orElse(whole, SHARE_CAP_NONE),
  }),
});

/** How terms are kept in JSON. */
export const marketTerms: Codec<MarketTerms> = fields({
  policy: oneOf('eris'),
  oracle: text,
  prices,
  next: maybe(prices),
  heartbeats: maybe(fields({ everySeconds: whole, missedMax: whole })),
});

/** What decides by these terms, in a word: what receipts name. */
export const algorithmOf = ({ policy, oracle }: MarketTerms): string => `${policy}-${oracle}`;
