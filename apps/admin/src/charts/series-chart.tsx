import { useEffect, useRef } from 'react';
import type { Options, Series } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { coloursOf, useLook } from '../app/theme.js';

/** A line of a chart over time or over slots. */
export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

interface SeriesChartProps {
  readonly label: string;
  /** Where each value stands: seconds since 1970 where `isTime`, else slots. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly isTime: boolean;
  readonly format?: (value: number) => string;
  readonly height?: number;
  /** Values that hold until the next one. */
  readonly isStepped?: boolean;
}

const DASHES: readonly number[][] = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
const STROKES = ['series-1', 'series-2', 'series-3', 'series-4'] as const;
const HEIGHT_PX = 180;

/** Values over time by uPlot, which is fetched when the first one is shown. Lines differ by dashes as well as by colour. */
export function SeriesChart({ label, at, lines, isTime, format = String, height = HEIGHT_PX, isStepped = false }: SeriesChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const look = useLook();
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let end: (() => void) | undefined;
    let isGone = false;
    const show = async (): Promise<void> => {
      const { default: UPlot } = await import('uplot');
      if (isGone) return;
      const paths = isStepped ? UPlot.paths.stepped?.({ align: 1 }) : undefined;
      const options = optionsOf(element, { at, lines, isTime, format, height, paths });
      const chart = new UPlot(options, [[...at], ...lines.map(({ values }) => [...values])], element);
      const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
      observer.observe(element);
      end = () => {
        observer.disconnect();
        chart.destroy();
      };
    };
    void show();
    return () => {
      isGone = true;
      end?.();
    };
  }, [at, lines, isTime, format, height, isStepped, look]);
  return (
    <div className="chart">
      <div ref={frame} className="series" style={{ minHeight: height }} role="img" aria-label={label} />
      {lines.length > 1 && <LineNames lines={lines} />}
    </div>
  );
}

type Drawn = Required<Omit<SeriesChartProps, 'label' | 'isStepped'>> & { readonly paths: Series['paths'] | undefined };

function optionsOf(element: HTMLElement, { at, lines, isTime, format, height, paths }: Drawn): Options {
  const colours = coloursOf(element, [...STROKES, 'muted', 'line']);
  const axis = {
    stroke: colours.muted,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line },
    font: '11px "Inter Variable"',
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false },
    scales: { x: { time: isTime } },
    axes: [axis, { ...axis, size: 64, values: (_, ticks) => ticks.map(format) }],
    series: [
      {},
      ...lines.map((_, index) => ({
        stroke: colours[STROKES[index % STROKES.length] ?? 'series-1'],
        width: 2,
        dash: DASHES[index % DASHES.length] ?? [],
        points: { show: at.length < 3 },
        ...(paths && { paths }),
      })),
    ],
  };
}

function LineNames({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <ul className="legend">
      {lines.map(({ name }, index) => (
        <li key={name}>
          <span
            className="key"
            style={{ color: `var(--${STROKES[index % STROKES.length]})`, borderTopStyle: index % 2 === 1 ? 'dashed' : 'solid' }}
          />
          {name}
        </li>
      ))}
    </ul>
  );
}
