import { createPrng, type Prng } from '#lab';
import { type BodyOf, Eris } from '#sdk';
import { operatorKeyOf, type Serving } from '../../apps/cli/src/index.js';

type Body = BodyOf<'placeBid'>;

const SITES = 4;
const SLOTS = 48;
const CAPACITY = { gpu: 16, cpu: 64, memoryGB: 128 };
/** So much that no wallet decides. */
const DEPOSIT = '900000000';

/** A market in which bids are decided as ever, with bidders whose wallets decide nothing. */
export interface LiveMarket {
  readonly params: { readonly marketId: string };
  readonly operator: Eris;
  readonly bidders: readonly Eris[];
  readonly siteIds: readonly string[];
}

/** Opens it over HTTP. @param name tells it from others */
export async function openLiveMarket(serving: Serving, name: string, bidderCount: number): Promise<LiveMarket> {
  const { url } = serving;
  const admin = new Eris({ url, key: operatorKeyOf(serving) });
  const { id: organisationId } = await admin.call('createOrganisation', { body: { name } });
  const keyOf = async (by: Eris, id: string, role: 'operator' | 'bidder'): Promise<Eris> =>
    new Eris({ url, key: (await by.call('createKey', { params: { organisationId: id }, body: { role } })).key });
  const operator = await keyOf(admin, organisationId, 'operator');
  const gamma = { bandwidth: 500, gpu: 500, cpu: 500, memoryGB: 500 };
  const terms = { clock: 'manual', slotMinutes: 20, horizonSlots: SLOTS, chunkMB: 2, bandwidthMB: 200_000 } as const;
  const { id: marketId } = await operator.call('createMarket', {
    body: { name, ...terms, resources: Object.keys(CAPACITY), prices: { gamma, unit: '1', reserve: '0.25' } },
  });
  const params = { marketId };
  const siteIds: string[] = [];
  for (let site = 1; site <= SITES; site++)
    siteIds.push((await operator.call('addSite', { params, body: { name: `site-${site}`, capacity: CAPACITY } })).id);
  const bidders: Eris[] = [];
  for (let bidder = 1; bidder <= bidderCount; bidder++) {
    const { id, accountId } = await operator.call('createOrganisation', { body: { name: `${name}-${bidder}` } });
    await operator.call('deposit', { params: { accountId }, idempotencyKey: `${name}-${bidder}`, body: { amount: DEPOSIT } });
    bidders.push(await keyOf(operator, id, 'bidder'));
  }
  return { params, operator, bidders, siteIds };
}

/** A job with data at one site or two, worth so much until a deadline. */
export function jobOf(random: Prng, siteIds: readonly string[], value: number): Body {
  const [one, other] = [random.below(siteIds.length), random.below(siteIds.length)].map((site) => siteIds[site] ?? '');
  return {
    valuation: { kind: 'deadline', value, deadline: random.between(4, SLOTS - 8) },
    chunks: { [one ?? '']: random.between(2, 12), [other ?? '']: random.between(1, 6) },
    epochs: random.between(4, 30),
    throughput: 24,
    parameterMB: random.between(5, 90),
    worker: { gpu: 1, cpu: 2, memoryGB: 4 },
    ps: { cpu: 1, memoryGB: 2 },
  };
}

/** The generator of a part of the bench. */
export const randomOf = (seed: number, part: number): Prng => createPrng(seed * 31 + part);
