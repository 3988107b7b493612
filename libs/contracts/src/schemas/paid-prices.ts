import { z } from 'zod';
import { line } from './bids.js';
import { marketEvent } from './events.js';
import { postedPrices } from './markets.js';
import { amount, id, time, volume } from './primitives.js';

/** Why each line of a payment costs what it does. */
export const paidPrices = z
  .strictObject({
    bidId: id,
    marketId: id,
    priceVersion: z.string().describe('The entry of the log after which the bid found these prices.'),
    at: time,
    prices: postedPrices,
    postedBy: marketEvent.describe('The entry that posted this rule, or its level.'),
    lines: z.array(
      z.strictObject({
        ...line.shape,
        sold: volume.describe('What of it was sold in that slot before the bid.'),
        capacity: volume.describe('What there was of it: of a site, or of the bandwidth.'),
        supply: volume.describe('What the whole market had of it in that slot.'),
        formula: z.string().describe('The rule with these numbers in it; the price is that, rounded half up to a micro-credit.'),
      }),
    ),
  })
  .meta({ id: 'PaidPrices' });

/** What a bid reports of demand. */
export const density = z
  .strictObject({
    bidId: id,
    state: z
      .enum(['measured', 'waiting', 'none'])
      .describe('`none`: it was left out, no plan of it is worth anything on the empty market, or prices are not learnt.'),
    density: amount.nullable().describe('The level of prices at which the empty market would just not sell to it.'),
    slots: z.number().nullable().describe('How many slots its plan at that level needs.'),
    percent: z
      .record(z.string(), z.number())
      .describe('What that plan takes of bandwidth and each resource, in percent of what the market has in a slot.'),
    standsFor: z.number().nullable().describe('How many bids it counts for: in a slot with very many only some are measured.'),
  })
  .meta({ id: 'BidDensity' });
