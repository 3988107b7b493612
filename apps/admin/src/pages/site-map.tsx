import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { useMemo } from 'react';
import { feature } from 'topojson-client';
import world from 'world-atlas/land-110m.json';
import type { Site } from '../app/grid.js';
import { Panel } from '../parts/panel.js';

interface Atlas {
  readonly type: 'Topology';
  readonly objects: { readonly land: { readonly type: 'GeometryCollection'; readonly geometries: [] } };
  readonly arcs: [];
}

const WIDTH = 960;
const HEIGHT = 420;
/** Around sites that lie close together, degrees: a map of a room says nothing. */
const MARGIN_DEGREES = 4;

/** Where the sites are, on a map of the land's outlines: nothing is fetched from elsewhere. */
export function SiteMap({ sites }: { readonly sites: readonly Site[] }) {
  const placed = useMemo(
    () =>
      sites.flatMap(({ id, name, location }) =>
        location ? [{ id, name, at: [location.longitude, location.latitude] as [number, number] }] : [],
      ),
    [sites],
  );
  const { land, points } = useMemo(() => {
    const atlas = world as unknown as Atlas;
    const around = placed.flatMap(({ at: [x, y] }) => [
      [x - MARGIN_DEGREES, Math.max(-85, y - MARGIN_DEGREES)],
      [x + MARGIN_DEGREES, Math.min(85, y + MARGIN_DEGREES)],
    ]);
    const projection = geoNaturalEarth1().fitExtent(
      [
        [24, 24],
        [WIDTH - 24, HEIGHT - 24],
      ],
      { type: 'MultiPoint', coordinates: around },
    );
    const path = geoPath(
      projection.clipExtent([
        [0, 0],
        [WIDTH, HEIGHT],
      ]),
    );
    return {
      land: path(feature(atlas, atlas.objects.land)) ?? '',
      points: placed.map(({ id, name, at }) => ({ id, name, xy: projection(at) ?? [0, 0] })),
    };
  }, [placed]);
  return (
    <Panel title="Map">
      <svg
        className="map"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`A map of ${placed.length} sites; the table below lists them.`}
      >
        <path className="land" d={land} />
        {points.map(({ id, name, xy: [x, y] }) => (
          <g key={id} className="site" transform={`translate(${x} ${y})`}>
            <circle r={6} />
            <text x={10} y={4}>
              {name}
            </text>
          </g>
        ))}
      </svg>
    </Panel>
  );
}
