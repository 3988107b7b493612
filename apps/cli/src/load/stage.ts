import { paperWorkload, type Instance, type InstanceJob } from '#lab';
import { Eris } from '#sdk';
import type { ApiSite } from '../demo/stage.js';
import { type PriceRuleName, rulePosted } from '../posted-prices.js';

/** Credits that each bidder gets: enough that no wallet decides. */
const DEPOSIT = '100000000';
/** Different bodies per market; bids take them in turn, each with a key of its own. */
const BODIES = 200;
/** Requests of the preparation at once. */
const AT_ONCE = 8;

/** A bidder of a load. */
export interface LoadBidder {
  readonly accountId: string;
  readonly key: string;
}

/** A market of a load with bodies to bid there, as JSON text without the opening brace: a key may be put before it. */
export interface LoadMarket {
  readonly marketId: string;
  readonly bodies: readonly string[];
}

/** Markets of the paper's testbed, run by an operator of their own, so that its accounts are this load's and nobody else's. */
export interface LoadStage {
  /** Unique: part of every key. */
  readonly name: string;
  readonly operator: Eris;
  readonly operatorKey: string;
  readonly operatorAccountId: string;
  readonly bidders: readonly LoadBidder[];
  readonly markets: readonly LoadMarket[];
}

interface StageOptions {
  readonly markets: number;
  /** Learning ones where it is not said. */
  readonly prices?: PriceRuleName;
  readonly bidders: number;
  readonly seed: number;
}

/** Makes an operator, its bidders with keys and money, and its markets, over HTTP. @throws ProblemError where the server says no. */
export async function openLoadStage(
  site: ApiSite,
  adminKey: string,
  { markets, prices = 'learning', bidders, seed }: StageOptions,
): Promise<LoadStage> {
  const admin = new Eris({ ...site, key: adminKey });
  const organisations = await admin.all('listOrganisations');
  const name = `load-${organisations.filter((organisation) => organisation.name.startsWith('load-')).length + 1}`;
  const organisation = await admin.call('createOrganisation', { body: { name } });
  const operatorKey = await keyFor(admin, organisation.id, 'operator');
  const operator = new Eris({ ...site, key: operatorKey });
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const instance = paperWorkload({ kind: 'testbed', jobs: BODIES, seed });
  return {
    name,
    operator,
    operatorKey,
    operatorAccountId: organisation.accountId,
    bidders: await inTurns(numbers(bidders), (index) => openBidder(operator, `${name}-bidder-${index + 1}`)),
    markets: await inTurns(numbers(markets), (index) => openMarket(operator, { name: `${name}-${index + 1}`, rule: prices }, instance)),
  };
}

async function keyFor(client: Eris, organisationId: string, role: 'operator' | 'bidder'): Promise<string> {
  return (await client.call('createKey', { params: { organisationId }, body: { role } })).key;
}

async function openBidder(operator: Eris, name: string): Promise<LoadBidder> {
  const { id, accountId } = await operator.call('createOrganisation', { body: { name } });
  await operator.call('deposit', { params: { accountId }, idempotencyKey: `${name}-deposit`, body: { amount: DEPOSIT } });
  return { accountId, key: await keyFor(operator, id, 'bidder') };
}

async function openMarket(operator: Eris, { name, rule }: { name: string; rule: PriceRuleName }, instance: Instance): Promise<LoadMarket> {
  const { slotMinutes, slots, chunkMB, bandwidthMB, resources, prices } = instance;
  const posted = rulePosted(rule, { prices: prices.kind === 'flat' ? prices : { ...prices, reserve: 0.1 } });
  const terms = { slotMinutes, horizonSlots: slots, chunkMB, bandwidthMB, resources, prices: posted };
  const { id: marketId } = await operator.call('createMarket', { body: { name, clock: 'manual', ...terms } });
  const siteIds: string[] = [];
  for (const { id, capacity } of instance.sites) {
    siteIds.push((await operator.call('addSite', { params: { marketId }, body: { name: id, capacity } })).id);
  }
  return { marketId, bodies: instance.jobs.map((job) => bodyText(job, siteIds)) };
}

/** A bid's body from its second character on. */
function bodyText(
  { model, id, valuation, chunks, epochs, throughput, parameterMB, worker, ps }: InstanceJob,
  siteIds: readonly string[],
): string {
  const perSite = Object.fromEntries(chunks.flatMap((count, site) => (count > 0 ? [[siteIds[site], count]] : [])));
  return JSON.stringify({ label: model ?? id, valuation, chunks: perSite, epochs, throughput, parameterMB, worker, ps }).slice(1);
}

async function inTurns<In, Out>(inputs: readonly In[], work: (input: In) => Promise<Out>): Promise<Out[]> {
  const outputs: Out[] = [];
  for (let at = 0; at < inputs.length; at += AT_ONCE) outputs.push(...(await Promise.all(inputs.slice(at, at + AT_ONCE).map(work))));
  return outputs;
}
