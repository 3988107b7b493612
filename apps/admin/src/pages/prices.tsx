import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import type { InputOf, ItemOf } from '#sdk';
import { useAll, usePages } from '../app/api.js';
import { BANDWIDTH } from '../app/grid.js';
import { useMarket } from '../app/market.js';
import { SeriesChart } from '../charts/series-chart.js';
import { count, inWords, moment } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Chooser, Field } from '../parts/fields.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Loading, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';
import { NextPrices } from './next-prices.js';

type PastPrice = ItemOf<'listPriceHistory'>;
type Query = InputOf<'listPriceHistory'>['query'];

const PAGE_ROWS = 500;
/** Rows of the table: the chart has all. */
const ROWS_SHOWN = 60;

/** How the price of a resource of a site in a slot has moved, and what it followed from each time. */
export function PricesPage() {
  const market = useMarket();
  const sites = useAll('listSites', { params: { marketId: market.id } });
  const { resource: named, site, slot = market.slot } = useSearch({ from: '/markets/$marketId/prices' });
  const resources = [...market.resources, BANDWIDTH];
  const resource = named !== undefined && resources.includes(named) ? named : (resources[0] ?? BANDWIDTH);
  return (
    <>
      <PageHead title="Prices" note="What a unit cost in one slot, from when the slot came on sale" />
      <NextPrices market={market} resource={resource} />
      <Shown of={sites} what="the sites">
        {(all) => {
          const siteId = resource === BANDWIDTH ? undefined : (all.find(({ id }) => id === site) ?? all[0])?.id;
          const choices = all.map(({ id, name }) => ({ id, name }));
          return (
            <>
              <Panel title="Which price">
                <Which resource={resource} resources={resources} siteId={siteId} sites={choices} slot={slot} />
              </Panel>
              {resource !== BANDWIDTH && siteId === undefined ? (
                <Empty title="The market has no sites yet" />
              ) : (
                <Moves query={{ slot, resource, ...(siteId !== undefined && { siteId }) }} />
              )}
            </>
          );
        }}
      </Shown>
    </>
  );
}

interface WhichProps {
  readonly resource: string;
  readonly resources: readonly string[];
  readonly siteId: string | undefined;
  readonly sites: readonly { readonly id: string; readonly name: string }[];
  readonly slot: number;
}

function Which({ resource, resources, siteId, sites, slot }: WhichProps) {
  const navigate = useNavigate({ from: '/markets/$marketId/prices' });
  const change = (search: object): void => void navigate({ search: (before) => ({ ...before, ...search }), replace: true });
  const [text, setText] = useState(String(slot));
  const isSlot = /^\d{1,9}$/.test(text);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (isSlot) change({ slot: Number(text) });
  };
  return (
    <form className="toolbar" onSubmit={onSubmit}>
      <Chooser
        label="Resource"
        value={resource}
        choices={resources.map((id) => ({ id, name: id }))}
        onChange={(id) => change({ resource: id })}
      />
      {siteId !== undefined && <Chooser label="Site" value={siteId} choices={sites} onChange={(id) => change({ site: id })} />}
      <Field label="Slot" inputMode="numeric" value={text} onChange={setText} fault={isSlot ? undefined : 'must be the number of a slot'} />
      <Button type="submit" isDisabled={!isSlot}>
        Show
      </Button>
    </form>
  );
}

const COLUMNS: readonly Column<PastPrice>[] = [
  { name: 'Entry', isNumber: true, cell: ({ sequence }) => count(Number(sequence)) },
  { name: 'At', cell: ({ at }) => moment(at) },
  { name: 'Because', cell: ({ because }) => (because === null ? 'as it was' : inWords(because)) },
  { name: 'A unit costs', isNumber: true, cell: ({ price }) => <Amount of={price} /> },
  { name: 'Sold', isNumber: true, cell: ({ sold, capacity }) => `${sold} of ${capacity}` },
  { name: 'That is', cell: ({ formula }) => <code>{formula}</code> },
];

function Moves({ query }: { readonly query: Query }) {
  const market = useMarket();
  const params = { marketId: market.id };
  const asked = usePages('listPriceHistory', { params, query }, { limit: PAGE_ROWS });
  const rows = useMemo(() => asked.data?.pages.flatMap(({ items }) => items) ?? [], [asked.data]);
  const title = `Price of ${query.resource} in slot ${query.slot}`;
  const code = <AsCode call={{ operation: 'listPriceHistory', params, query }} />;
  if (asked.data === undefined)
    return asked.error ? <Failure error={asked.error} onAgain={() => void asked.refetch()} /> : <Loading what="the prices" />;
  if (rows.length === 0 && !asked.hasNextPage)
    return (
      <>
        <Empty title={`Slot ${query.slot} has not been on sale`}>
          <p>
            On sale are slots {market.slot} to {market.slot + market.horizonSlots - 1}; a slot has a price from when it comes on sale.
          </p>
        </Empty>
        {code}
      </>
    );
  return (
    <>
      <Panel title={title} note={`${count(rows.length)} changes, each an entry of the log`}>
        <Chart rows={rows} label={title} untilMs={asked.hasNextPage ? 0 : asked.dataUpdatedAt} />
        {asked.hasNextPage && (
          <Button isDisabled={asked.isFetchingNextPage} onPress={() => void asked.fetchNextPage()}>
            Later prices
          </Button>
        )}
        {asked.error && <Failure error={asked.error} onAgain={() => void asked.refetch()} />}
      </Panel>
      <Panel title="What it followed from" note="The latest first" isFlush>
        <Table label={title} columns={COLUMNS} rows={rows.slice(-ROWS_SHOWN).reverse()} idOf={({ sequence }) => sequence} />
      </Panel>
      {code}
    </>
  );
}

const MS = 1_000;

/** @param untilMs the last price was still asked then */
function Chart({ rows, label, untilMs }: { readonly rows: readonly PastPrice[]; readonly label: string; readonly untilMs: number }) {
  const { at, lines } = useMemo(() => {
    const times = rows.map((row) => Date.parse(row.at) / MS);
    const prices = rows.map(({ price }) => Number(price));
    const isOld = untilMs / MS > (times.at(-1) ?? Infinity);
    const line = { name: 'price', values: isOld ? [...prices, prices.at(-1) ?? null] : prices };
    return { at: isOld ? [...times, untilMs / MS] : times, lines: [line] };
  }, [rows, untilMs]);
  const [first, last] = [rows[0]?.price ?? '', rows.at(-1)?.price ?? ''];
  return <SeriesChart label={`${label}: from ${first} to ${last} credits a unit`} at={at} lines={lines} isTime isStepped />;
}
