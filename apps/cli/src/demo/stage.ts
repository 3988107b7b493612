import type { Pool } from 'undici';
import type { Instance } from '#lab';
import { ApiClient } from './api-client.js';
import { allPages } from './pages.js';

const BIDDERS = ['Aurora Vision', 'Borealis Labs', 'Cobalt Robotics', 'Delta Imaging'] as const;
/** Credits that each bidder gets: enough that the wallet never decides, so that the run shows the auction. */
const DEPOSIT = '1000000';

/** An organisation that bids. */
export interface Bidder {
  readonly name: string;
  readonly organisationId: string;
  readonly accountId: string;
  readonly key: string;
  readonly client: ApiClient;
}

/** A market that has opened, and those who will bid there. */
export interface Stage {
  readonly name: string;
  readonly marketId: string;
  /** In the order of the instance's sites. */
  readonly siteIds: readonly string[];
  readonly operator: ApiClient;
  readonly bidders: readonly Bidder[];
  /** Credits paid in, all bidders together. */
  readonly deposited: string;
}

/** Opens the instance's market as an operator would, over HTTP; a new one each time. */
export async function openStage(pool: Pool, adminKey: string, instance: Instance): Promise<Stage> {
  const operator = new ApiClient(pool, adminKey);
  const markets = await allPages((query) => operator.call('listMarkets', { query }));
  const name = `demo-${markets.filter((market) => market.name.startsWith('demo-')).length + 1}`;
  const marketId = await openMarket(operator, name, instance);
  const siteIds: string[] = [];
  for (const { id, capacity } of instance.sites) {
    siteIds.push((await operator.call('addSite', { params: { marketId }, body: { name: id, capacity } })).id);
  }
  const bidders = await Promise.all(BIDDERS.map((bidder) => admit(pool, operator, { bidder, market: name })));
  return { name, marketId, siteIds, operator, bidders, deposited: String(Number(DEPOSIT) * BIDDERS.length) };
}

async function openMarket(operator: ApiClient, name: string, instance: Instance): Promise<string> {
  const { slotMinutes, slots, chunkMB, bandwidthMB, resources, prices } = instance;
  const terms = { slotMinutes, horizonSlots: slots, chunkMB, bandwidthMB, resources };
  const posted = { gamma: prices.gamma, unit: String(prices.unit), reserve: String(prices.reserve) };
  return (await operator.call('createMarket', { body: { name, clock: 'manual', ...terms, prices: posted } })).id;
}

async function admit(pool: Pool, operator: ApiClient, { bidder, market }: { bidder: string; market: string }): Promise<Bidder> {
  const name = `${bidder} (${market})`;
  const organisation = await operator.call('createOrganisation', { body: { name } });
  const params = { organisationId: organisation.id };
  const { key } = await operator.call('createKey', { params, body: { role: 'bidder', label: market } });
  const headers = { 'idempotency-key': `${market}-deposit-${organisation.id}` };
  await operator.call('deposit', { params: { accountId: organisation.accountId }, headers, body: { amount: DEPOSIT } });
  return { name: bidder, organisationId: organisation.id, accountId: organisation.accountId, key, client: new ApiClient(pool, key) };
}
