import type { Instance } from '#lab';
import { Eris, type Fetch } from '#sdk';
import { type PriceRuleName, rulePosted } from '../posted-prices.js';

const BIDDERS = ['Aurora Vision', 'Borealis Labs', 'Cobalt Robotics', 'Delta Imaging'] as const;
/** Credits that each bidder gets: enough that the wallet never decides, so that the run shows the auction. */
const DEPOSIT = '1000000';

/** An organisation that bids. */
export interface Bidder {
  readonly name: string;
  readonly organisationId: string;
  readonly accountId: string;
  readonly key: string;
  readonly client: Eris;
}

/** A market that has opened, and those who will bid there. */
export interface Stage {
  readonly name: string;
  readonly marketId: string;
  /** In the order of the instance's sites. */
  readonly siteIds: readonly string[];
  readonly operator: Eris;
  readonly bidders: readonly Bidder[];
  /** Credits paid in, all bidders together. */
  readonly deposited: string;
}

/** Where the API is, and how it is reached. */
export interface ApiSite {
  readonly url: string;
  readonly fetch: Fetch;
}

/** Opens the instance's market as an operator would, over HTTP; a new one each time. */
export async function openStage(
  site: ApiSite,
  adminKey: string,
  { instance, rule }: { instance: Instance; rule: PriceRuleName },
): Promise<Stage> {
  const operator = new Eris({ ...site, key: adminKey });
  const markets = await operator.all('listMarkets');
  const name = `demo-${markets.filter((market) => market.name.startsWith('demo-')).length + 1}`;
  const marketId = await openMarket(operator, { name, rule }, instance);
  const siteIds: string[] = [];
  for (const { id, capacity } of instance.sites) {
    siteIds.push((await operator.call('addSite', { params: { marketId }, body: { name: id, capacity } })).id);
  }
  const bidders = await Promise.all(BIDDERS.map((bidder) => admit(site, operator, { bidder, market: name })));
  return { name, marketId, siteIds, operator, bidders, deposited: String(Number(DEPOSIT) * BIDDERS.length) };
}

async function openMarket(operator: Eris, { name, rule }: { name: string; rule: PriceRuleName }, instance: Instance): Promise<string> {
  const { slotMinutes, slots, chunkMB, bandwidthMB, resources } = instance;
  const terms = { slotMinutes, horizonSlots: slots, chunkMB, bandwidthMB, resources };
  return (await operator.call('createMarket', { body: { name, clock: 'manual', ...terms, prices: rulePosted(rule, instance) } })).id;
}

async function admit(site: ApiSite, operator: Eris, { bidder, market }: { bidder: string; market: string }): Promise<Bidder> {
  const name = `${bidder} (${market})`;
  const organisation = await operator.call('createOrganisation', { body: { name } });
  const params = { organisationId: organisation.id };
  const { key } = await operator.call('createKey', { params, body: { role: 'bidder', label: market } });
  const idempotencyKey = `${market}-deposit-${organisation.id}`;
  await operator.call('deposit', { params: { accountId: organisation.accountId }, idempotencyKey, body: { amount: DEPOSIT } });
  return { name: bidder, organisationId: organisation.id, accountId: organisation.accountId, key, client: new Eris({ ...site, key }) };
}
