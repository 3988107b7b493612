import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { BANDWIDTH, useGrid } from '../app/grid.js';
import { useMarket } from '../app/market.js';
import { PriceCurve } from '../charts/price-curve.js';
import { SeriesChart } from '../charts/series-chart.js';
import { aheadOf, type Grid, shareOfAll } from '../model/grid.js';
import { curveOf, formulaOf, priceAt } from '../model/price-rule.js';
import { lengthOf, percent, plural } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Chooser, Segments } from '../parts/fields.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Shown } from '../parts/states.js';
import { Decisions } from './decisions.js';
import { Figures } from './figures.js';
import { GridView } from './grid-view.js';
import { Moment } from './moment.js';
import { NextPrices } from './next-prices.js';

/** How a market stands: what is sold of its slots, what that costs, and what happens. */
export function OverviewPage() {
  const market = useMarket();
  const { resource: named, measure = 'sold', view = 'map', at } = useSearch({ from: '/markets/$marketId/' });
  const navigate = useNavigate({ from: '/markets/$marketId' });
  const resources = [...market.resources, BANDWIDTH];
  const resource = named !== undefined && resources.includes(named) ? named : (resources[0] ?? BANDWIDTH);
  const { grid, asked } = useGrid(resource, at);
  const change = useCallback(
    (search: object): void => void navigate({ search: (before) => ({ ...before, ...search }), replace: true }),
    [navigate],
  );
  const onMoment = useCallback((moment: number | undefined) => change({ at: moment }), [change]);
  const tools = (
    <div className="cluster">
      <Chooser
        label="Resource"
        isLabelHidden
        value={resource}
        choices={resources.map((id) => ({ id, name: id }))}
        onChange={(id) => change({ resource: id })}
      />
      <Segments label="Shown" value={measure} choices={MEASURES} onChange={(id) => change({ measure: id })} />
      <Segments label="As" value={view} choices={VIEWS} onChange={(id) => change({ view: id })} />
    </div>
  );
  const note = `${plural(market.horizonSlots, 'slot')} on sale from slot ${market.slot}: ${lengthOf(market.horizonSlots, market.slotMinutes)}`;
  return (
    <>
      <PageHead title={market.name} note={note} />
      <Moment at={at} onChange={onMoment} book={asked.data} />
      {at === undefined && <NextPrices market={market} resource={resource} />}
      {at === undefined && <Figures />}
      <Panel title={measure === 'sold' ? `Sold of ${resource}` : `Price of ${resource}`} tools={tools}>
        <Shown of={{ ...asked, data: grid }} what="the slots on sale">
          {(known) =>
            known.sites.length === 0 ? (
              <Empty title="The market has no sites yet">
                <p>Add sites, and their slots are on sale.</p>
              </Empty>
            ) : (
              <GridView grid={known} measure={measure} view={view} resource={resource} />
            )
          }
        </Shown>
      </Panel>
      <div className="columns">
        <Curve
          resource={resource}
          share={grid && shareOfAll(grid)}
          capacity={grid?.cells.reduce((sum, cell) => sum + cell.capacity, 0) ?? 0}
        />
        {at === undefined && <Decisions />}
      </div>
      {grid && <Ahead grid={grid} resource={resource} />}
      <AsCode call={{ operation: 'readBook', params: { marketId: market.id }, query: { resource, at } }} />
    </>
  );
}

/** The price of a unit over the slots on sale: at the cheapest, the dearest and the average site. */
function Ahead({ grid, resource }: { readonly grid: Grid; readonly resource: string }) {
  const { at, lines } = useMemo(() => aheadOf(grid), [grid]);
  return (
    <Panel title={`Price of ${resource} over the slots on sale`} note="Credits for a unit, slot by slot">
      <SeriesChart
        label={`The cheapest, average and dearest price of ${resource} in each of ${at.length} slots`}
        at={at}
        lines={lines}
        isTime={false}
      />
    </Panel>
  );
}

const MEASURES = [
  { id: 'sold', name: 'Sold' },
  { id: 'price', name: 'Price' },
] as const;
const VIEWS = [
  { id: 'map', name: 'Map' },
  { id: 'table', name: 'Table' },
] as const;

function Curve({
  resource,
  share,
  capacity,
}: {
  readonly resource: string;
  readonly share: number | undefined;
  readonly capacity: number;
}) {
  const { prices } = useMarket();
  const curve = useMemo(() => curveOf(prices, resource, capacity), [prices, resource, capacity]);
  const present = useMemo(
    () => (share === undefined ? undefined : { share, price: priceAt(prices, resource, { share, capacity }) }),
    [prices, resource, share, capacity],
  );
  return (
    <Panel title={`Price curve of ${resource}`} note={share === undefined ? undefined : `${percent(share, 1)} of what is on sale is sold`}>
      <PriceCurve resource={resource} curve={curve} present={present} />
      <p className="small muted">{formulaOf(prices, resource)}</p>
    </Panel>
  );
}
