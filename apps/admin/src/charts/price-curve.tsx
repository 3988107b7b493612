import { useMemo } from 'react';
import type { CurvePoint } from '../model/price-rule.js';
import { percent } from '../model/words.js';
import { PlotFigure } from './plot-figure.js';

interface PriceCurveProps {
  readonly resource: string;
  readonly curve: readonly CurvePoint[];
  /** Where the market stands on it. */
  readonly present?: CurvePoint | undefined;
}

const HEIGHT_PX = 220;

/** What a unit costs by the share of it that is sold, with the point where the market stands. */
export function PriceCurve({ resource, curve, present }: PriceCurveProps) {
  const draw = useMemo(
    () => (plot: typeof import('@observablehq/plot'), width: number) =>
      plot.plot({
        width,
        height: HEIGHT_PX,
        marginLeft: 52,
        style: { background: 'none', color: 'inherit' },
        x: { label: 'share sold', tickFormat: (share: number) => percent(share), domain: [0, 1] },
        y: { label: 'credits a unit', grid: true, nice: true },
        marks: [
          plot.areaY(curve, { x: 'share', y: 'price', fill: 'var(--accent)', fillOpacity: 0.12 }),
          plot.lineY(curve, { x: 'share', y: 'price', stroke: 'var(--series-1)', strokeWidth: 2 }),
          ...(present
            ? [
                plot.ruleX([present], { x: 'share', y: 'price', stroke: 'var(--series-3)', strokeDasharray: '4 3' }),
                plot.dot([present], { x: 'share', y: 'price', r: 6, fill: 'var(--series-3)', stroke: 'var(--surface)', strokeWidth: 2 }),
                plot.text([present], {
                  x: 'share',
                  y: 'price',
                  text: () => `${percent(present.share)} sold: ${present.price.toFixed(2)}`,
                  dy: -14,
                  textAnchor: present.share > 0.6 ? 'end' : 'start',
                  fill: 'var(--text)',
                  stroke: 'var(--surface)',
                }),
              ]
            : []),
        ],
      }),
    [curve, present],
  );
  const at = present ? ` The market stands at ${percent(present.share)} sold, ${present.price.toFixed(2)} credits.` : '';
  return <PlotFigure label={`Price of ${resource} by share sold.${at}`} height={HEIGHT_PX} draw={draw} />;
}
