import { useMemo } from 'react';
import { drawn } from '../model/amounts.js';
import { PlotFigure } from './plot-figure.js';

/** A completion that a menu offers. */
export interface MenuPoint {
  readonly completion: number;
  readonly price: string;
}

/** What a completion is worth to the bidder. */
export interface WorthPoint {
  readonly completion: number;
  readonly value: number;
}

interface MenuChartProps {
  readonly menu: readonly MenuPoint[];
  readonly worth: readonly WorthPoint[];
  readonly chosen?: MenuPoint | undefined;
}

const HEIGHT_PX = 280;

/** A menu: what each completion costs, and over it what it is worth; the chosen one is where the distance is greatest. */
export function MenuChart({ menu, worth, chosen }: MenuChartProps) {
  const draw = useMemo(
    () => (plot: typeof import('@observablehq/plot'), width: number) => {
      const priced = menu.map(({ completion, price }) => ({ completion, price: drawn(price) }));
      const first = Math.min(...priced.map(({ completion }) => completion), ...worth.map(({ completion }) => completion));
      const last = Math.max(...priced.map(({ completion }) => completion), first + 1);
      const most = Math.max(...priced.map(({ price }) => price), 1);
      const shown = worth.filter(({ completion }) => completion <= last);
      return plot.plot({
        width,
        height: HEIGHT_PX,
        marginLeft: 58,
        style: { background: 'none', color: 'inherit' },
        x: {
          label: 'completed in slot',
          domain: [first, last],
          tickFormat: (slot: number) => (Number.isInteger(slot) ? String(slot) : ''),
        },
        y: { label: 'credits', grid: true, nice: true, domain: [0, Math.max(most, ...shown.map(({ value }) => value)) * 1.08] },
        marks: [
          plot.lineY(shown, { x: 'completion', y: 'value', stroke: 'var(--series-2)', strokeWidth: 2, strokeDasharray: '6 4' }),
          plot.lineY(priced, { x: 'completion', y: 'price', stroke: 'var(--series-1)', strokeWidth: 2, curve: 'step-after' }),
          ...(priced.length <= 80 ? [plot.dot(priced, { x: 'completion', y: 'price', r: 3, fill: 'var(--series-1)' })] : []),
          ...(chosen ? chosenMarks(plot, chosen) : []),
        ],
      });
    },
    [menu, worth, chosen],
  );
  const words = chosen ? ` Chosen: slot ${chosen.completion} for ${chosen.price}.` : '';
  return (
    <div className="chart">
      <PlotFigure label={`What each of ${menu.length} completions costs, and what it is worth.${words}`} height={HEIGHT_PX} draw={draw} />
      <ul className="legend">
        <li>
          <span className="key" style={{ color: 'var(--series-1)' }} />
          price (steps)
        </li>
        <li>
          <span className="key" style={{ color: 'var(--series-2)', borderTopStyle: 'dashed' }} />
          what it is worth to the bidder (dashed)
        </li>
        {chosen && (
          <li>
            <span className="key" style={{ color: 'var(--series-3)', width: 10, borderTopWidth: 10, borderRadius: 5 }} />
            chosen
          </li>
        )}
      </ul>
    </div>
  );
}

function chosenMarks(plot: typeof import('@observablehq/plot'), chosen: MenuPoint) {
  const at = [{ completion: chosen.completion, price: drawn(chosen.price) }];
  return [
    plot.ruleX(at, { x: 'completion', stroke: 'var(--series-3)', strokeDasharray: '4 3' }),
    plot.dot(at, { x: 'completion', y: 'price', r: 6, fill: 'var(--series-3)', stroke: 'var(--surface)', strokeWidth: 2 }),
  ];
}
