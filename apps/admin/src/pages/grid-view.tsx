import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import type { Measure } from '../app/search.js';
import { HeatMap } from '../charts/heat-map.js';
import { type Cell, cellAt, type Grid, shareOf } from '../model/grid.js';
import { credits } from '../model/amounts.js';
import { percent, volume } from '../model/words.js';
import { Button } from '../parts/button.js';

interface GridViewProps {
  readonly grid: Grid;
  readonly measure: Measure;
  readonly view: 'map' | 'table';
  readonly resource: string;
}

/** Sites times slots: as a map of shades, or as a table with the same figures. */
export function GridView(props: GridViewProps) {
  return props.view === 'map' ? <GridMap {...props} /> : <GridTable {...props} />;
}

const priceOf = ({ price }: Cell): number => Number(price);

function GridMap({ grid, measure, resource }: GridViewProps) {
  const navigate = useNavigate({ from: '/markets/$marketId' });
  const columns = useMemo(() => Array.from({ length: grid.slots }, (_, index) => String(grid.from + index)), [grid]);
  const rows = useMemo(() => grid.sites.map(({ name }) => name), [grid]);
  const most = useMemo(() => Math.max(...grid.cells.map(priceOf), 0), [grid]);
  const shares = useMemo(
    () =>
      Float32Array.from(grid.cells, (cell) =>
        cell.capacity <= 0 ? -1 : measure === 'sold' ? shareOf(cell) : most > 0 ? priceOf(cell) / most : 0,
      ),
    [grid, measure, most],
  );
  const tell = (row: number, column: number): string =>
    `${grid.sites[row]?.name ?? ''}, slot ${grid.from + column}: ${toldCell(cellAt(grid, row, column), resource)}`;
  const show = (row: number, column: number): void => {
    const site = grid.sites[row]?.id;
    void navigate({ to: '/markets/$marketId/prices', search: { resource, ...(site && { site }), slot: grid.from + column } });
  };
  const scale = measure === 'sold' ? (['none sold', 'all sold'] as const) : (['0', `${most.toFixed(2)} credits`] as const);
  return (
    <HeatMap
      label={`${measure === 'sold' ? 'Share sold' : 'Price'} of ${resource}`}
      rows={rows}
      columns={columns}
      shares={shares}
      tell={tell}
      onCell={show}
      leadsTo="how its price has moved"
      scale={scale}
    />
  );
}

const toldCell = (cell: Cell, resource: string): string =>
  cell.capacity <= 0
    ? `no ${resource} here`
    : `${volume(cell.sold)} of ${volume(cell.capacity)} ${resource} sold (${percent(shareOf(cell))}), ${credits(cell.price)} credits a unit`;

/** Slots that are in the table at once. */
const SLOTS_SHOWN = 12;

function GridTable({ grid, measure, resource }: GridViewProps) {
  const { slot = grid.from } = useSearch({ from: '/markets/$marketId/' });
  const navigate = useNavigate({ from: '/markets/$marketId' });
  const first = Math.max(0, Math.min(slot - grid.from, grid.slots - 1));
  const shown = Array.from({ length: Math.min(SLOTS_SHOWN, grid.slots - first) }, (_, index) => first + index);
  const go = (column: number): void =>
    void navigate({ search: (before) => ({ ...before, slot: grid.from + Math.max(0, column) }), replace: true });
  return (
    <div className="stack">
      <div className="cluster">
        <Button isSmall isDisabled={first === 0} onPress={() => go(first - SLOTS_SHOWN)}>
          <ChevronLeft size={15} aria-hidden />
          Earlier slots
        </Button>
        <Button isSmall isDisabled={first + SLOTS_SHOWN >= grid.slots} onPress={() => go(first + SLOTS_SHOWN)}>
          Later slots
          <ChevronRight size={15} aria-hidden />
        </Button>
        <span className="small muted number">
          slots {grid.from + first} to {grid.from + (shown.at(-1) ?? first)} of {grid.from} to {grid.from + grid.slots - 1}
        </span>
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`${measure} of ${resource}, as a table`}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Site</th>
              {shown.map((column) => (
                <th key={column} scope="col" className="is-number">
                  {grid.from + column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.sites.map(({ id, name }, row) => (
              <tr key={id}>
                <th scope="row">{name}</th>
                {shown.map((column) => (
                  <td key={column} className="is-number">
                    {shortCell(cellAt(grid, row, column), measure)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const shortCell = (cell: Cell, measure: Measure): string =>
  cell.capacity <= 0 ? '–' : measure === 'sold' ? percent(shareOf(cell)) : credits(cell.price);
