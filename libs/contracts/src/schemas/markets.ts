import { z } from 'zod';
import { LIMITS } from '../limits.js';
import {
  amount,
  count,
  givenAmount,
  id,
  name,
  page,
  pageQueryOf,
  positive,
  quantities,
  quantity,
  resources,
  slot,
  time,
  wholeQuery,
} from './primitives.js';

export const clockKind = z.enum(['manual', 'realtime'], 'must be manual or realtime');
export const marketStatus = z.enum(['open', 'paused', 'closed'], 'must be open, paused or closed');

/** The versions of the oracle that there are, the newest last (libs/mechanism: the contract is held against it by a test). */
export const oracleVersion = z
  .enum(['eris-default/2', 'eris-default/3'], 'must be one of eris-default/2, eris-default/3')
  .describe('What decides the bids. A market keeps the one that it was opened with until its operator names another.');

const gamma = z.record(z.string(), z.number('must be a number').min(1, 'must be at least 1').max(1_000_000, 'must be at most 1000000'));
const prices = z.strictObject({ gamma, unit: givenAmount, reserve: givenAmount });

/** One gamma for bandwidth and each resource, and for nothing else. */
function checkGamma({ value, issues }: z.core.ParsePayload<{ resources: string[]; prices: { gamma: Record<string, number> } }>): void {
  const wanted = ['bandwidth', ...value.resources];
  const given = Object.keys(value.prices.gamma);
  const fault = (key: string, message: string) => issues.push({ code: 'custom', input: value, path: ['prices', 'gamma', key], message });
  for (const key of wanted) if (!given.includes(key)) fault(key, 'is missing: every resource and bandwidth need a gamma');
  for (const key of given) if (!wanted.includes(key)) fault(key, `is not one of ${wanted.join(', ')}`);
}

/** In a realtime market a bid may run from the slot after the current one on: of one slot on sale none is left. */
function checkHorizon({ value, issues }: z.core.ParsePayload<{ clock: string; horizonSlots: number }>): void {
  if (value.clock === 'realtime' && value.horizonSlots < 2) {
    const message =
      'must be at least 2 where clock is realtime: a bid may run from the slot after the current one on, so one slot is never sold';
    issues.push({ code: 'custom', input: value, path: ['horizonSlots'], message });
  }
}

export const createMarketBody = z
  .strictObject({
    name,
    clock: clockKind,
    slotMinutes: count(1, 10_080),
    horizonSlots: count(1, LIMITS.horizonSlots),
    chunkMB: positive,
    bandwidthMB: quantity,
    resources,
    prices,
    oracle: oracleVersion.optional(),
  })
  .check(checkGamma)
  .check(checkHorizon);

export const market = z
  .strictObject({
    id,
    name,
    clock: clockKind,
    status: marketStatus,
    slotMinutes: z.number(),
    horizonSlots: z.number(),
    chunkMB: z.number(),
    bandwidthMB: z.number(),
    resources: z.array(z.string()),
    prices: z.strictObject({ gamma: z.record(z.string(), z.number()), unit: amount, reserve: amount }),
    oracle: oracleVersion,
    slot,
    sequence: z.string(),
    openedAt: time,
  })
  .meta({ id: 'Market' });
export const marketsQuery = z.strictObject(wholeQuery);
export const marketPage = page(market);
export const changeMarketBody = z
  .strictObject({ status: marketStatus.optional(), oracle: oracleVersion.optional() })
  .refine(({ status, oracle }) => status !== undefined || oracle !== undefined, 'must name a status or an oracle');

const location = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });
export const addSiteBody = z.strictObject({ name, capacity: quantities, location: location.optional() });
export const changeCapacityBody = z.strictObject({ capacity: quantities });
export const site = z
  .strictObject({ id, marketId: id, ordinal: z.number(), name, capacity: z.record(z.string(), z.number()), location: location.nullable() })
  .meta({ id: 'Site' });
/** All sites of a market fit into a page: a bid names them by id, and who reads them mostly wants all. */
export const sitesQuery = z.strictObject(pageQueryOf(LIMITS.sitesPerMarket, LIMITS.sitesPerMarket));
export const sitePage = page(site);

export const advanceClockBody = z.strictObject({
  slot,
  confirm: z.boolean('must be true or false').default(false).describe('That the clock is meant to move by more than the slots on sale.'),
});
export const clock = z.strictObject({ slot }).meta({ id: 'Clock' });

const slotText = z.coerce.number().int('must be a slot').min(0, 'must be a slot');
export const pricesQuery = z.strictObject({ from: slotText.optional(), to: slotText.optional() });
const sitePrices = z.record(id, z.record(z.string(), amount));
export const priceList = z
  .strictObject({
    priceVersion: z.string(),
    slots: z.array(z.strictObject({ slot, bandwidth: amount, sites: sitePrices })),
    nextSlot: slot.nullable(),
  })
  .meta({ id: 'Prices' });
