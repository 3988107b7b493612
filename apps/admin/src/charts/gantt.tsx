import { useMemo } from 'react';
import { PlotFigure } from './plot-figure.js';

/** What runs at a site in a slot. */
export interface GanttCell {
  readonly site: string;
  readonly slot: number;
  readonly workers: number;
  /** The parameter server runs there. */
  readonly isServer: boolean;
}

/** Data that moves from a site to another before a slot. */
export interface GanttMove {
  readonly slot: number;
  readonly from: string;
  readonly to: string;
  readonly chunks: number;
}

interface GanttProps {
  readonly cells: readonly GanttCell[];
  readonly moves: readonly GanttMove[];
  readonly sites: readonly string[];
}

const ROW_PX = 38;
/** The parameter server is a stripe at the foot of its cell. */
const SERVER_INSET_PX = 25;
const endOf = ({ slot }: GanttCell): number => slot + 1;

type PlotModule = typeof import('@observablehq/plot');

const middleOf = ({ slot }: GanttCell): number => slot + 0.5;
/** Narrower cells have no room for a number, pixels. */
const NUMBER_PX = 16;

/** A plan over slots and sites: workers as bars with their number, the parameter server as a stripe, moves of data as arrows. */
export function Gantt({ cells, moves, sites }: GanttProps) {
  const height = 56 + sites.length * ROW_PX;
  const draw = useMemo(
    () => (plot: PlotModule, width: number) => {
      const slots = cells.map(({ slot }) => slot);
      const [first, end] = [Math.min(...slots), Math.max(...slots) + 1];
      return plot.plot({
        width,
        height,
        marginLeft: 96,
        marginTop: 28,
        style: { background: 'none', color: 'inherit' },
        x: { label: 'slot', domain: [first, end], tickFormat: wholeTick, axis: 'top', grid: true },
        y: { label: null, domain: sites, padding: 0.2 },
        marks: marksOf(plot, { cells, moves, hasNumbers: width / (end - first) > NUMBER_PX }),
      });
    },
    [cells, moves, sites, height],
  );
  return (
    <div className="chart">
      <PlotFigure
        label={`The plan: ${cells.length} cells over ${sites.length} sites; the table below has the same.`}
        height={height}
        draw={draw}
      />
      <Legend hasMoves={moves.length > 0} />
    </div>
  );
}

const wholeTick = (slot: number): string => (Number.isInteger(slot) ? String(slot) : '');

interface Drawn extends Pick<GanttProps, 'cells' | 'moves'> {
  readonly hasNumbers: boolean;
}

function marksOf(plot: PlotModule, { cells, moves, hasNumbers }: Drawn) {
  const bars = cells.filter(({ workers }) => workers > 0);
  const servers = cells.filter(({ isServer }) => isServer);
  const most = Math.max(1, ...bars.map(({ workers }) => workers));
  const shade = ({ workers }: GanttCell): number => 0.4 + (0.6 * workers) / most;
  const arrows = moves.map((move) => ({ ...move, at: move.slot + 0.5 }));
  const place = { x1: 'slot', x2: endOf, y: 'site', insetLeft: 1, insetRight: 1 };
  return [
    plot.barX(bars, { ...place, fill: 'var(--series-1)', fillOpacity: shade, rx: 3 }),
    plot.barX(servers, { ...place, fill: 'var(--series-3)', insetTop: SERVER_INSET_PX }),
    plot.arrow(arrows, {
      x1: 'at',
      x2: 'at',
      y1: 'from',
      y2: 'to',
      stroke: 'var(--series-2)',
      strokeWidth: 1.5,
      bend: true,
      headLength: 6,
    }),
    ...(hasNumbers
      ? [
          plot.text(bars, {
            x: middleOf,
            y: 'site',
            text: ({ workers }: GanttCell) => String(workers),
            fill: 'var(--on-accent)',
            fontWeight: 600,
          }),
        ]
      : []),
  ];
}

function Legend({ hasMoves }: { readonly hasMoves: boolean }) {
  return (
    <ul className="legend">
      <li>
        <span className="swatch" style={{ background: 'var(--series-1)' }} />
        workers (number)
      </li>
      <li>
        <span className="swatch" style={{ background: 'var(--series-3)', height: 5, verticalAlign: 2 }} />
        parameter server (stripe)
      </li>
      {hasMoves && (
        <li>
          <span aria-hidden style={{ color: 'var(--series-2)', marginRight: 6 }}>
            ↷
          </span>
          chunks that move
        </li>
      )}
    </ul>
  );
}
