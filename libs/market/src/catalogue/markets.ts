import { demandMilli, type Micros, supplyMilli } from '#units';
import type { MarketClock, MarketStatus } from '../book/index.js';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { CatalogueReader, CatalogueTx, MarketRecord, MarketTerms } from './ports.js';

/** A market as its operator writes it: volumes in MB. `gamma` has one number for bandwidth and for each resource. */
export interface CreateMarketRequest {
  readonly caller: Caller;
  readonly name: string;
  readonly clock: MarketClock;
  readonly slotMinutes: number;
  readonly horizonSlots: number;
  readonly chunkMB: number;
  readonly bandwidthMB: number;
  readonly resources: readonly string[];
  readonly gamma: Readonly<Record<string, number>>;
  readonly unit: Micros;
  readonly reserve: Micros;
}

export type CreateMarketOutcome = { readonly kind: 'created'; readonly market: MarketRecord } | { readonly kind: 'name_taken' };

/** Opens a market of the caller's organisation: the first entry of its log. */
export class CreateMarket {
  constructor(private readonly work: UnitOfWork<CatalogueTx>) {}

  run(request: CreateMarketRequest): Promise<CreateMarketOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.insertMarket(request.caller.organisationId, termsOf(request));
      if (!market) return { kind: 'name_taken' };
      const sequence = await tx.appendEvent(market.marketId, {
        kind: 'market_opened',
        payload: { name: market.name, clock: market.clock },
      });
      return { kind: 'created', market: { ...market, sequence } };
    });
  }
}

/** A chunk is something asked for and rounds up; bandwidth is something offered and rounds down. */
function termsOf({ caller: _, chunkMB, bandwidthMB, ...rest }: CreateMarketRequest): MarketTerms {
  return { ...rest, chunkKb: demandMilli(chunkMB), bandwidthKb: supplyMilli(bandwidthMB) };
}

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

export type MarketOutcome = { readonly kind: 'found'; readonly market: MarketRecord } | { readonly kind: 'not_found' };

/** One market that the caller is a member of. */
export class GetMarket {
  constructor(private readonly reader: CatalogueReader) {}

  async run({ caller, marketId }: { readonly caller: Caller; readonly marketId: bigint }): Promise<MarketOutcome> {
    const market = await this.reader.findMarket(caller.organisationId, marketId);
    return market ? { kind: 'found', market } : { kind: 'not_found' };
  }
}

export interface ChangeStatusRequest {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly status: MarketStatus;
}

/** In order of precedence. */
export type ChangeStatusOutcome =
  { readonly kind: 'not_found' } | { readonly kind: 'market_closed' } | { readonly kind: 'changed'; readonly market: MarketRecord };

/** Pauses, resumes or closes a market of the caller's organisation. Closing is for good. The status that it already has changes nothing. */
export class ChangeMarketStatus {
  constructor(private readonly work: UnitOfWork<CatalogueTx>) {}

  run({ caller, marketId, status }: ChangeStatusRequest): Promise<ChangeStatusOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      if (!market) return { kind: 'not_found' };
      if (market.status === status) return { kind: 'changed', market };
      if (market.status === 'closed') return { kind: 'market_closed' };
      await tx.setStatus(marketId, status);
      const sequence = await tx.appendEvent(marketId, { kind: 'status_changed', payload: { from: market.status, status } });
      return { kind: 'changed', market: { ...market, status, sequence } };
    });
  }
}
