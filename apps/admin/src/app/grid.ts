import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AnswerOf, ItemOf } from '#sdk';
import { type Cell, type Grid, NO_CELL } from '../model/grid.js';
import { shareAt } from '../model/price-rule.js';
import { useAll, useAnswer } from './api.js';
import { type Market, useMarket } from './market.js';

/** A site as the API tells it. */
export type Site = ItemOf<'listSites'>;
type Prices = AnswerOf<'readPrices'>;

/** Bandwidth is no resource of a site: the market has it as a whole. */
export const BANDWIDTH = 'bandwidth';

/** What is sold, offered and asked for in every slot on sale, of one resource. */
export function useGrid(resource: string): { readonly grid: Grid | undefined; readonly asked: UseQueryResult<Prices> } {
  const market = useMarket();
  const sites = useAll('listSites', { params: { marketId: market.id } });
  const asked = useAnswer('readPrices', { params: { marketId: market.id } });
  const grid = useMemo(
    () => (asked.data && sites.data ? gridOf(market, { prices: asked.data, sites: sites.data, resource }) : undefined),
    [market, asked.data, sites.data, resource],
  );
  return { grid, asked };
}

interface Known {
  readonly prices: Prices;
  readonly sites: readonly Site[];
  readonly resource: string;
}

type Row = Pick<Site, 'id' | 'name'> & { readonly capacity: Readonly<Record<string, number>> };

function gridOf(market: Market, { prices, sites, resource }: Known): Grid {
  const [first] = prices.slots;
  const rows: readonly Row[] =
    resource === BANDWIDTH ? [{ id: '', name: 'whole market', capacity: { [BANDWIDTH]: market.bandwidthMB } }] : sites;
  const cells = rows.flatMap((row) =>
    prices.slots.map(({ bandwidth, sites: bySite }): Cell => {
      const price = resource === BANDWIDTH ? bandwidth : bySite[row.id]?.[resource];
      const capacity = row.capacity[resource] ?? 0;
      if (price === undefined) return NO_CELL;
      const share = shareAt(market.prices, resource, Number(price)) ?? 0;
      return { sold: share * capacity, capacity, price };
    }),
  );
  return { from: first?.slot ?? market.slot, slots: prices.slots.length, sites: rows.map(({ id, name }) => ({ id, name })), cells };
}
