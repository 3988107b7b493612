import { useEffect, useRef, useState } from 'react';

type PlotModule = typeof import('@observablehq/plot');

interface PlotFigureProps {
  /** What the chart shows, for those who don't see it; the same figures stand in a table or in words beside it. */
  readonly label: string;
  readonly height: number;
  /** What is drawn, for a width in pixels. */
  readonly draw: (plot: PlotModule, width: number) => HTMLElement | SVGElement;
}

const WIDTH_PX_MIN = 240;

/** A chart by Observable Plot, which is fetched when the first one is shown. */
export function PlotFigure({ label, height, draw }: PlotFigureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(
      ([entry]) => entry && entry.contentRect.width > 0 && setWidth(Math.max(WIDTH_PX_MIN, Math.floor(entry.contentRect.width))),
    );
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    let isGone = false;
    const show = async (): Promise<void> => {
      const plot = await import('@observablehq/plot');
      if (isGone || !frame.current || width === 0) return;
      const figure = draw(plot, width);
      for (const style of figure.querySelectorAll('style')) style.remove(); // a strict policy refuses it; charts.css says the same
      for (const part of figure.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label'); // the figure as a whole is told
      figure.setAttribute('role', 'img');
      figure.setAttribute('aria-label', label);
      frame.current.replaceChildren(figure);
    };
    void show();
    return () => {
      isGone = true;
    };
  }, [draw, label, width]);
  return <div ref={frame} className="chart-frame" style={{ minHeight: height }} />;
}
