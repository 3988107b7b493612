import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { Eris } from '#sdk';
import { atMost, BidSource, type LoadStage, openLoadStage, operatorKeyOf, type Serving } from '../../apps/cli/src/index.js';

const MARKETS = 8;
const BIDDERS = 8;
const BULK = 100;
const DECIDED_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 100;
/** Slots of an answer of prices, and rows of a page of what grows with use. */
const PRICE_SLOTS = 10;
const ROWS = 50;

/** A request that is asked over and over. */
export interface Ask {
  readonly name: string;
  readonly path: string;
  readonly key: string;
}

/** Markets that have been bid in, and what is asked of them beside bids. */
export interface ReadStage {
  readonly load: LoadStage;
  readonly asks: readonly Ask[];
  /** Where the log of a market is streamed, and by whom. */
  readonly events: Ask;
}

/** Opens markets, has some bids decided in each, and says what there is to be read. */
export async function openReadStage(serving: Serving, seed: number): Promise<ReadStage> {
  const pool = new Pool(serving.url, { connections: BIDDERS });
  const site = { url: serving.url, fetch: atMost(BIDDERS) };
  const load = await openLoadStage(site, operatorKeyOf(serving), { markets: MARKETS, bidders: BIDDERS, seed });
  await bidInAll(pool, load);
  const [{ marketId }] = load.markets;
  const [{ key, accountId }] = load.bidders;
  const bidder = new Eris({ ...site, key });
  const bidId = await acceptedBid(bidder, marketId);
  await pool.close();
  const market = `/v1/markets/${marketId}`;
  const paths = {
    market,
    markets: '/v1/markets',
    sites: `${market}/sites`,
    accounts: '/v1/accounts',
    organisations: '/v1/organisations',
    keys: '/v1/keys',
    bid: `/v1/bids/${bidId}`,
    allocation: `/v1/allocations/${bidId}`,
    [`${ROWS} bids`]: `${market}/bids?limit=${ROWS}`,
    [`${ROWS} entries`]: `/v1/accounts/${accountId}/entries?limit=${ROWS}`,
    [`${PRICE_SLOTS} slots of prices`]: `${market}/prices?from=0&to=${PRICE_SLOTS - 1}`,
  };
  const asks = Object.entries(paths).map(([name, path]) => ({ name, path, key: load.operatorKey }));
  return { load, asks, events: { name: 'a page of events', path: `${market}/events`, key: load.operatorKey } };
}

async function bidInAll(pool: Pool, load: LoadStage): Promise<void> {
  const source = new BidSource(load, BULK);
  for (let turn = 0; turn < MARKETS * 2; turn++) {
    const { path, headers, body } = source.next();
    await (await pool.request({ method: 'POST', path, headers, body })).body.dump();
  }
  for (const { marketId } of load.markets) await untilDecided(load.operator, marketId);
}

async function untilDecided(operator: Eris, marketId: string): Promise<void> {
  const endMs = performance.now() + DECIDED_WITHIN_MS;
  const query = { status: 'queued', limit: 1 } as const;
  while ((await operator.call('listBids', { params: { marketId }, query })).items.length > 0) {
    if (performance.now() > endMs) throw new Error(`the bids of market ${marketId} were not decided within ${DECIDED_WITHIN_MS / 1000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function acceptedBid(bidder: Eris, marketId: string): Promise<string> {
  const { items } = await bidder.call('listBids', { params: { marketId }, query: { status: 'accepted', limit: 1 } });
  if (items.length === 0) throw new Error(`nothing was accepted in market ${marketId}`);
  return items[0].id;
}
