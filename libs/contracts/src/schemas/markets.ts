import { z } from 'zod';
import { LIMITS } from '../limits.js';
import {
  amount,
  between,
  count,
  givenAmount,
  id,
  page,
  pageQueryOf,
  positive,
  quantities,
  quantity,
  resources,
  slot,
  time,
  wholeQuery,
  wholeText,
} from './primitives.js';
import { name } from './text.js';

export const clockKind = z.enum(['manual', 'realtime'], 'must be manual or realtime');
export const marketStatus = z.enum(['open', 'paused', 'closed'], 'must be open, paused or closed');

const gamma = z.record(z.string(), between(1, 1_000_000));
const prices = z.strictObject({ gamma, unit: givenAmount, reserve: givenAmount });

/** One gamma for bandwidth and each resource, and for nothing else; where the resources are wrong nothing is known of their gammas. */
function checkGamma({ value, issues }: z.core.ParsePayload<{ resources: string[]; prices: { gamma: Record<string, number> } }>): void {
  if (issues.some(({ path }) => path?.[0] === 'resources')) return;
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
  })
  .check(checkGamma)
  .check(checkHorizon);

export const market = z
  .strictObject({
    id,
    name: z.string(),
    clock: clockKind,
    status: marketStatus,
    slotMinutes: z.number(),
    horizonSlots: z.number(),
    chunkMB: z.number(),
    bandwidthMB: z.number(),
    resources: z.array(z.string()),
    prices: z.strictObject({ gamma: z.record(z.string(), z.number()), unit: amount, reserve: amount }),
    slot,
    sequence: z.string(),
    openedAt: time,
  })
  .meta({ id: 'Market' });
export const marketsQuery = z.strictObject(wholeQuery);
export const marketPage = page(market);
export const changeMarketBody = z.strictObject({ status: marketStatus });

const location = z.strictObject({ latitude: between(-90, 90), longitude: between(-180, 180) });
export const addSiteBody = z.strictObject({ name, capacity: quantities, location: location.optional() });
export const changeCapacityBody = z.strictObject({ capacity: quantities });
export const site = z
  .strictObject({
    id,
    marketId: id,
    ordinal: z.number(),
    name: z.string(),
    capacity: z.record(z.string(), z.number()),
    location: location.nullable(),
  })
  .meta({ id: 'Site' });
/** All sites of a market fit into a page: a bid names them by id, and who reads them mostly wants all. */
export const sitesQuery = z.strictObject(pageQueryOf(LIMITS.sitesPerMarket, LIMITS.sitesPerMarket));
export const sitePage = page(site);

export const advanceClockBody = z.strictObject({
  slot,
  confirm: z.boolean('must be true or false').default(false).describe('That the clock is meant to move by more than the slots on sale.'),
});
export const clock = z.strictObject({ slot }).meta({ id: 'Clock' });

const slotText = wholeText({ min: 0, max: LIMITS.slot });
export const pricesQuery = z.strictObject({ from: slotText.optional(), to: slotText.optional() });
const sitePrices = z.record(id, z.record(z.string(), amount));
export const priceList = z
  .strictObject({
    priceVersion: z.string(),
    slots: z.array(z.strictObject({ slot, bandwidth: amount, sites: sitePrices })),
    nextSlot: slot.nullable(),
  })
  .meta({ id: 'Prices' });
