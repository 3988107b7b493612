import { type MakeOracle, OFFERED_VERSIONS } from '#kinds';
import { type HeartbeatTerms, marketTerms, type MarketTerms } from '#log';
import { type PriceRule, ruleFaults } from '#mechanism';
import { canonicalJson, demandMilli, supplyMilli } from '#units';
import type { BodyFault } from '#kinds';
import { type MarketClock, type MarketStatus, newestTerms } from '../book/index.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { CatalogueReader, CatalogueTx, MarketRecord, NewMarket } from './ports.js';

/** A market as its operator writes it: volumes in MB. */
export interface CreateMarketRequest {
  readonly caller: Caller;
  readonly name: string;
  readonly clock: MarketClock;
  readonly slotMinutes: number;
  readonly horizonSlots: number;
  readonly chunkMB: number;
  readonly bandwidthMB: number;
  readonly resources: readonly string[];
  readonly prices: PriceRule;
  /** How heartbeats of its sites are counted; the usual where nothing is said. */
  readonly heartbeats?: HeartbeatTerms | undefined;
}

/** What came of creating a market. */
export type CreateMarketOutcome = { readonly kind: 'created'; readonly market: MarketRecord } | { readonly kind: 'name_taken' };

/** Opens a market of the caller's organisation: the first entry of its log. */
export class CreateMarket {
  constructor(private readonly work: UnitOfWork<CatalogueTx>) {}

  run(request: CreateMarketRequest): Promise<CreateMarketOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.insertMarket(request.caller.organisationId, newMarketOf(request));
      if (!market) return { kind: 'name_taken' };
      const sequence = await tx.appendEvent(market.marketId, {
        kind: 'market_opened',
        payload: { name: market.name, clock: market.clock, terms: market.terms },
      });
      return { kind: 'created', market: { ...market, sequence } };
    });
  }
}

/** A chunk is something asked for and rounds up; bandwidth is something offered and rounds down. */
function newMarketOf({ caller: _, chunkMB, bandwidthMB, prices, heartbeats, ...rest }: CreateMarketRequest): NewMarket {
  const terms = { ...newestTerms(prices), ...(heartbeats && { heartbeats }) };
  return { ...rest, terms, chunkKb: demandMilli(chunkMB), bandwidthKb: supplyMilli(bandwidthMB) };
}

/** A page of markets. */
export interface MarketsOutcome {
  readonly kind: 'page';
  readonly markets: readonly MarketRecord[];
  /** The id to go on after; null on the last page. */
  readonly nextId: bigint | null;
}

/** The markets that the caller is a member of. */
export class ListMarkets {
  constructor(private readonly reader: CatalogueReader) {}

  async run({ caller, ...range }: PageRange & { readonly caller: Caller }): Promise<MarketsOutcome> {
    const found = await this.reader.listMarkets(caller.organisationId, oneMore(range));
    const { rows, nextId } = pageOf(found, range, ({ marketId }) => marketId);
    return { kind: 'page', markets: rows, nextId };
  }
}

/** A market, where the caller is a member of it. */
export type MarketOutcome = { readonly kind: 'found'; readonly market: MarketRecord } | { readonly kind: 'not_found' };

/** One market that the caller is a member of. */
export class GetMarket {
  constructor(private readonly reader: CatalogueReader) {}

  async run({ caller, marketId }: { readonly caller: Caller; readonly marketId: bigint }): Promise<MarketOutcome> {
    const market = await this.reader.findMarket(caller.organisationId, marketId);
    return market ? { kind: 'found', market } : { kind: 'not_found' };
  }
}

/** What is given is changed. */
export interface ChangeMarketRequest {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly status?: MarketStatus | undefined;
  /** A version of the oracle. */
  readonly oracle?: string | undefined;
  /** The rule of prices from here on, by the one before. */
  readonly prices?: ((before: PriceRule) => PriceRule) | undefined;
  /** How heartbeats of its sites are counted from now on. */
  readonly heartbeats?: HeartbeatTerms | undefined;
}

/** In order of precedence. */
export type ChangeMarketOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'market_closed' }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'changed'; readonly market: MarketRecord };

/**
 * Pauses, resumes or closes a market of the caller's organisation, or lets another version of the oracle or other prices decide from here on: each an
 * entry of its log. Decisions that were made stay as they are, and bids of one slot are decided by one rule of prices: where some were already, another rule
 * comes as the clock next moves. Closing is for good. What it already has changes nothing.
 */
export class ChangeMarket {
  /** @param versions of the oracle that there are. */
  constructor(
    private readonly work: UnitOfWork<CatalogueTx>,
    private readonly versions: Readonly<Record<string, MakeOracle>> = OFFERED_VERSIONS,
  ) {}

  run({ caller, marketId, ...wanted }: ChangeMarketRequest): Promise<ChangeMarketOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      if (!market) return { kind: 'not_found' };
      const { status = market.status, oracle = market.terms.oracle, heartbeats = market.terms.heartbeats } = wanted;
      if (wanted.oracle !== undefined && !Object.hasOwn(this.versions, oracle))
        return { kind: 'faults', faults: [{ path: '$.oracle', message: `must be one of ${Object.keys(this.versions).join(', ')}` }] };
      const prices = wanted.prices?.(market.terms.prices);
      const faults = prices ? priceFaults(prices, market.resources) : [];
      if (faults.length > 0) return { kind: 'faults', faults };
      const terms = await termsWith(tx, market, { ...market.terms, oracle, ...(heartbeats && { heartbeats }) }, prices);
      const isSame = status === market.status && isSameTerms(terms, market.terms);
      if (!isSame && market.status === 'closed') return { kind: 'market_closed' };
      if (!isSameTerms(terms, market.terms) && (await tx.isBeingRepaired(marketId))) return { kind: 'repairs_under_way' };
      return { kind: 'changed', market: await changeStatus(tx, await changeTerms(tx, market, terms), status) };
    });
  }
}

/** What a rule names that the market does not have, or the other way round. */
const priceFaults = (prices: PriceRule, resources: readonly string[]): BodyFault[] =>
  ruleFaults(prices, resources).map(({ name, fault }) => ({
    path: `$.prices.${prices.kind === 'flat' ? 'levels' : 'gamma'}.${name}`,
    message:
      fault === 'missing' ? 'is missing: every resource and bandwidth need a gamma' : `is not one of bandwidth, ${resources.join(', ')}`,
  }));

/** Terms with other prices: from here on where no bid was decided in this slot, else from the next one on. Prices as they are take back what was to come next. */
async function termsWith(
  tx: CatalogueTx,
  { marketId }: MarketRecord,
  { next, ...terms }: MarketTerms,
  prices: PriceRule | undefined,
): Promise<MarketTerms> {
  if (!prices) return { ...terms, ...(next && { next }) };
  const changed = { ...terms, prices };
  return isSameTerms(changed, terms) || !(await tx.hasDecidedInSlot(marketId)) ? changed : { ...terms, next: prices };
}

const isSameTerms = (one: MarketTerms, other: MarketTerms): boolean =>
  canonicalJson(marketTerms.write(one)) === canonicalJson(marketTerms.write(other));

async function changeTerms(tx: CatalogueTx, market: MarketRecord, terms: MarketTerms): Promise<MarketRecord> {
  if (isSameTerms(terms, market.terms)) return market;
  await tx.setTerms(market.marketId, terms);
  const sequence = await tx.appendEvent(market.marketId, { kind: 'terms_changed', payload: { terms } });
  return { ...market, terms, sequence };
}

async function changeStatus(tx: CatalogueTx, market: MarketRecord, status: MarketStatus): Promise<MarketRecord> {
  if (market.status === status) return market;
  await tx.setStatus(market.marketId, status);
  const sequence = await tx.appendEvent(market.marketId, { kind: 'status_changed', payload: { from: market.status, status } });
  return { ...market, status, sequence };
}
