import type { PayloadOf } from '#log';
import { cellsFrom } from '#mechanism';
import { at, micros } from '#units';
import { type MarketState, newestTerms } from '../book/index.js';
import type { Expected } from './expected-rows.js';
import { type Finding, jsonOf, type Row } from './rows.js';

/** What is sold of a slot and what there is of it, milli-units per cell. */
export interface SlotSales {
  readonly usedMilli: readonly number[];
  readonly capacityMilli: readonly number[];
}

/** The row of a slot. */
export const usageRow = (marketId: bigint, slot: number, { usedMilli, capacityMilli }: SlotSales): Expected => ({
  market_id: marketId,
  slot,
  used_milli: { json: usedMilli },
  capacity_milli: { json: capacityMilli },
});

/** The row of a site. */
export const siteRow = (marketId: bigint, { ordinal, capacityMilli }: MarketState['sites'][number]): Expected => ({
  market_id: marketId,
  ordinal,
  capacity_milli: { json: capacityMilli },
});

/** Rows that the log does not lead to. */
export const stranger = (table: 'site', rows: readonly Row[], count: number): Finding => ({
  table,
  key: rows.map(({ id }) => `id ${id}`).join(', '),
  detail: `${rows.length} are stored, the log has ${count}`,
});

/** The market before the first entry of its log, which tells its terms: until then nothing costs anything. */
export function emptyMarket(market: Row): MarketState {
  const number = (column: string): number => Number(market[column]);
  const whole = (column: string): bigint => BigInt(market[column] ?? 0);
  return {
    head: { marketId: whole('id'), sequence: 0n, status: 'open', clock: market.clock === 'realtime' ? 'realtime' : 'manual', slot: 0 },
    operatorId: whole('organisation_id'),
    priceVersion: 0n,
    horizonSlots: number('horizon_slots'),
    chunkKb: whole('chunk_kb'),
    bandwidthKb: whole('bandwidth_kb'),
    resources: jsonOf(market.resources) as string[],
    terms: newestTerms({ kind: 'flat', level: micros(0n), levels: {} }),
    sites: [],
    usage: [],
  };
}

/** What a market has of its own in every slot, per cell. */
export const ownCellsOf = ({ sites, bandwidthKb }: Pick<MarketState, 'sites' | 'bandwidthKb'>): number[] =>
  cellsFrom<number>(
    Number(bandwidthKb),
    sites.map((site) => site.capacityMilli),
  );

/** A site's capacity in the order of the market's resources; undefined where one is not named. */
export function capacityIn(
  { resources }: Pick<MarketState, 'resources'>,
  { capacityMilli }: PayloadOf<'site_added'>,
): number[] | undefined {
  const isNamed = resources.every((name) => Object.hasOwn(capacityMilli, name));
  return isNamed ? resources.map((name) => at(capacityMilli, name)) : undefined;
}
