import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AnswerOf, ItemOf } from '#sdk';
import type { Grid } from '../model/grid.js';
import { useAll, useAnswer } from './api.js';
import { useMarket } from './market.js';

/** A site as the API tells it. */
export type Site = ItemOf<'listSites'>;
/** What is sold, offered and asked for, at a moment. */
export type Book = AnswerOf<'readBook'>;

/** Bandwidth is no resource of a site: the market has it as a whole. */
export const BANDWIDTH = 'bandwidth';

interface GridAsked {
  readonly grid: Grid | undefined;
  readonly asked: UseQueryResult<Book>;
}

/** The book of one resource over the slots on sale. @param at the entry of the log after which it was so; now where nothing is said */
export function useGrid(resource: string, at: number | undefined): GridAsked {
  const market = useMarket();
  const params = { marketId: market.id };
  const sites = useAll('listSites', { params });
  const query = { resource, ...(at !== undefined && { at: String(at) }) };
  const asked = useAnswer('readBook', { params, query }, { isForever: at !== undefined });
  const isOf = asked.data?.rows.every((row) => row.resource === resource) ?? false; // while another one is fetched the last is kept
  const grid = useMemo(
    () => (asked.data && sites.data && isOf ? gridOf(asked.data, sites.data) : undefined),
    [asked.data, sites.data, isOf],
  );
  return { grid, asked };
}

/** A book of one resource as a grid, its sites in their order. */
function gridOf({ firstSlot, slotCount, rows }: Book, sites: readonly Site[]): Grid {
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  const cells = rows.flatMap(({ used, capacity, prices }) =>
    Array.from({ length: slotCount }, (_, slot) => ({ sold: used[slot] ?? 0, capacity: capacity[slot] ?? 0, price: prices[slot] ?? '0' })),
  );
  const named = rows.map(({ siteId }) =>
    siteId === null ? { id: '', name: 'whole market' } : { id: siteId, name: names.get(siteId) ?? siteId },
  );
  return { from: firstSlot, slots: slotCount, sites: named, cells };
}
