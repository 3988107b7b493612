import type { AnswerOf } from '#sdk';
import { useAnswer } from '../app/api.js';
import { AsCode } from '../parts/as-code.js';
import { Panel } from '../parts/panel.js';
import { Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Strip = AnswerOf<'listIncidents'>['sites'][number];

interface IncidentsProps {
  readonly marketId: string;
  readonly nameOf: (siteId: string) => string;
}

/** What failed of each site in the last seven days: slots by day. */
export function Incidents({ marketId, nameOf }: IncidentsProps) {
  const call = { operation: 'listIncidents', params: { marketId } } as const;
  const asked = useAnswer(call.operation, { params: call.params });
  return (
    <Shown of={asked} what="incidents">
      {({ sites }) => (
        <Panel title="Slots that failed, last seven days" note="Outages of a site or of the whole market; maintenance is none." isFlush>
          <Table label="Incidents by site and day" columns={columnsFor(sites, nameOf)} rows={sites} idOf={({ siteId }) => siteId} />
          <AsCode call={call} />
        </Panel>
      )}
    </Shown>
  );
}

const columnsFor = ([first]: readonly Strip[], nameOf: IncidentsProps['nameOf']): readonly Column<Strip>[] => [
  { name: 'Site', cell: ({ siteId }) => nameOf(siteId) },
  ...(first?.days ?? []).map(({ day }, index): Column<Strip> => ({
    name: day.slice('2026-'.length),
    isNumber: true,
    cell: ({ days }) => days[index]?.slots || '–',
  })),
  { name: 'Outages', isNumber: true, cell: ({ outages }) => outages.length },
  {
    name: 'Hit',
    isNumber: true,
    cell: ({ outages }) => outages.reduce((sum, { hits }) => sum + hits.repaired + hits.left + hits.failed, 0),
  },
];
