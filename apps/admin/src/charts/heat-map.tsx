import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { coloursOf, useLook } from '../app/theme.js';

/** What a heat map shows: rows times columns of shares. */
export interface HeatMapProps {
  readonly label: string;
  readonly rows: readonly string[];
  /** The names of the columns. */
  readonly columns: readonly string[];
  /** Row after row: 0 to 1; below 0 where there is nothing. */
  readonly shares: Float32Array;
  /** What a cell is, in words. */
  readonly tell: (row: number, column: number) => string;
  /** Goes on with a cell: by a click or Enter. */
  readonly onCell: (row: number, column: number) => void;
  /** What a cell leads to, in words: "its prices". */
  readonly leadsTo: string;
  /** The ends of the scale, in words. */
  readonly scale: readonly [string, string];
}

interface Place {
  readonly row: number;
  readonly column: number;
}

const STOPS = ['heat-0', 'heat-1', 'heat-2', 'heat-3', 'heat-4', 'heat-5'] as const;
const SHADES = 64;
const ROW_PX_MIN = 7;
const ROW_PX_MAX = 26;
const HEIGHT_PX = 420;

/** Shares of sites over slots on a canvas. Arrow keys walk over the cells; a table with the same stands beside it on the page. */
export function HeatMap({ label, rows, columns, shares, tell, onCell, leadsTo, scale }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [place, setPlace] = useState<Place>();
  const look = useLook();
  const width = useWidth(canvas);
  const rowPx = Math.max(ROW_PX_MIN, Math.min(ROW_PX_MAX, Math.floor(HEIGHT_PX / Math.max(1, rows.length))));
  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, { width, rowPx, rows: rows.length, columns: columns.length, shares, place });
  }, [width, rowPx, rows.length, columns.length, shares, place, look]);
  const walk = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && place) onCell(place.row, place.column);
    const next = stepped(place, event.key, rows.length, columns.length);
    if (!next) return;
    event.preventDefault();
    setPlace(next);
  };
  const onPointer = (event: PointerEvent): void => setPlace(placeUnder(event, rows.length, columns.length));
  const told = place && place.row < rows.length && place.column < columns.length ? tell(place.row, place.column) : undefined;
  return (
    <div className="chart">
      <div className="heat">
        <div className="heat-names" style={{ gridAutoRows: `${rowPx}px` }} aria-hidden>
          {rowPx >= 14 && rows.map((name, index) => <span key={index}>{name}</span>)}
        </div>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-roledescription="heat map"
          aria-label={`${label}. Arrow keys walk over sites and slots; Enter shows ${leadsTo}.`}
          style={{ height: rowPx * rows.length }}
          onKeyDown={walk}
          onPointerMove={onPointer}
          onPointerLeave={() => setPlace(undefined)}
          onClick={() => place && onCell(place.row, place.column)}
        />
        <div className="heat-axis" aria-hidden>
          {ticksOf(columns).map((name, index) => (
            <span key={index}>{name}</span>
          ))}
        </div>
      </div>
      <p className="readout" aria-live="polite">
        {told ?? <span className="muted">Point at a cell, or walk over them with the arrow keys; a click or Enter shows {leadsTo}.</span>}
      </p>
      <div className="heat-scale">
        {scale[0]} <i aria-hidden /> {scale[1]}
      </div>
    </div>
  );
}

/** The width of an element as it is. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

interface Painting {
  readonly width: number;
  readonly rowPx: number;
  readonly rows: number;
  readonly columns: number;
  readonly shares: Float32Array;
  readonly place: Place | undefined;
}

function paint(canvas: HTMLCanvasElement, { width, rowPx, rows, columns, shares, place }: Painting): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(rowPx * rows * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const frame = canvas.parentElement ?? canvas;
  const colours = coloursOf(frame, [...STOPS, 'focus', 'line']);
  const shades = shadesOf(STOPS.map((stop) => colours[stop]));
  const cell = width / Math.max(1, columns);
  const gap = cell > 5 ? 1 : 0;
  for (let row = 0, at = 0; row < rows; row++)
    for (let index = 0; index < columns; index++, at++) {
      const share = shares[at] ?? -1;
      context.fillStyle = share < 0 ? colours.line : (shades[Math.round(Math.min(1, share) * (SHADES - 1))] ?? colours.line);
      context.fillRect(index * cell, row * rowPx, Math.max(1, cell - gap), rowPx - (rowPx > 8 ? 1 : 0));
    }
  if (place) frameCell(context, { x: place.column * cell, y: place.row * rowPx, width: cell, height: rowPx, colour: colours.focus });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
}

function frameCell(context: CanvasRenderingContext2D, { x, y, width, height, colour }: Box): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x, y + 1, Math.max(3, width), height - 2);
}

/** Shades between the stops, as many as the eye tells apart. */
function shadesOf(stops: readonly string[]): string[] {
  const strip = document.createElement('canvas');
  strip.width = SHADES;
  strip.height = 1;
  const context = strip.getContext('2d', { willReadFrequently: true });
  if (!context) return [];
  const gradient = context.createLinearGradient(0, 0, SHADES, 0);
  stops.forEach((stop, index) => gradient.addColorStop(index / (stops.length - 1), stop));
  context.fillStyle = gradient;
  context.fillRect(0, 0, SHADES, 1);
  const { data } = context.getImageData(0, 0, SHADES, 1);
  return Array.from({ length: SHADES }, (_, index) => `rgb(${data[index * 4]} ${data[index * 4 + 1]} ${data[index * 4 + 2]})`);
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function stepped(place: Place | undefined, key: string, rows: number, columns: number): Place | undefined {
  const step = STEPS[key];
  if (!step) return undefined;
  if (!place) return { row: 0, column: 0 };
  const within = (value: number, most: number): number => Math.max(0, Math.min(most - 1, value));
  return { row: within(place.row + step[0], rows), column: within(place.column + step[1], columns) };
}

function placeUnder({ currentTarget, clientX, clientY }: PointerEvent, rows: number, columns: number): Place {
  const box = currentTarget.getBoundingClientRect();
  const within = (share: number, many: number): number => Math.max(0, Math.min(many - 1, Math.floor(share * many)));
  return { row: within((clientY - box.top) / box.height, rows), column: within((clientX - box.left) / box.width, columns) };
}

const TICKS = 6;

/** A few of the columns' names, at equal distances. */
function ticksOf(names: readonly string[]): string[] {
  if (names.length <= TICKS) return [...names];
  return Array.from({ length: TICKS }, (_, index) => names[Math.round((index * (names.length - 1)) / (TICKS - 1))] ?? '');
}
