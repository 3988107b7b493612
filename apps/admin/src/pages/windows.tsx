import { useState } from 'react';
import type { ItemOf } from '#sdk';
import { useAll, useChange } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { useIsOperator } from '../app/session.js';
import { plural } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { Button } from '../parts/button.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';
import { NewWindow } from './new-window.js';
import { NewRecurring } from './new-recurring.js';
import { Recurring } from './recurring.js';

type Window = ItemOf<'listWindows'>;

/** Asked again so often: those whom a window hits are dealt with within seconds. */
const EVERY_MS = 5_000;

/** Capacity that is off sale: outages and maintenance, and what came of those whom they hit. */
export function WindowsPage() {
  const market = useMarket();
  const isOperator = useIsOperator();
  const params = { marketId: market.id };
  const windows = useAll('listWindows', { params }, { everyMs: EVERY_MS });
  const sites = useAll('listSites', { params });
  const [closing, setClosing] = useState<string>();
  const close = useChange('closeWindow', ['listWindows', 'listRecurring', 'readBook']);
  const last = windows.data?.findLast(({ state }) => state === 'planned' || state === 'active');
  const nameOf = (id: string): string => sites.data?.find((site) => site.id === id)?.name ?? `site ${id}`;
  const onClose = ({ id }: Window): void => {
    setClosing(id);
    close.mutate({ params: { ...params, windowId: id } }, { onSettled: () => setClosing(undefined) });
  };
  const action: Column<Window> = {
    name: 'Action',
    cell: (window) =>
      window.state === 'planned' || window.state === 'active' ? (
        <Button
          isSmall
          isDisabled={closing === window.id}
          onPress={() => onClose(window)}
          aria-label={`Put on sale again: window ${window.id}`}
        >
          Put on sale again
        </Button>
      ) : (
        '–'
      ),
  };
  return (
    <>
      <PageHead title="Windows" note="Outages and maintenance: capacity that is off sale for some slots." />
      {close.error && <Failure error={close.error} />}
      <Shown of={windows} what="windows">
        {(rows) => (
          <Panel title={plural(rows.length, 'window')} isFlush>
            {rows.length === 0 ? (
              <Empty title="Nothing was ever off sale">
                <p>{isOperator ? 'Take capacity off sale below.' : 'The operator has withdrawn nothing.'}</p>
              </Empty>
            ) : (
              <Table
                label="Windows"
                columns={[...columnsFor(nameOf), ...(isOperator ? [action] : [])]}
                rows={rows.toReversed()}
                idOf={({ id }) => id}
              />
            )}
          </Panel>
        )}
      </Shown>
      {isOperator && <NewWindow sites={sites.data ?? []} />}
      <Recurring nameOf={nameOf} />
      {isOperator && <NewRecurring sites={sites.data ?? []} />}
      <AsCode call={{ operation: 'listWindows', params }} />
      {isOperator && last && (
        <AsCode
          title="The last window put on sale again, as CLI, curl or SDK"
          call={{ operation: 'closeWindow', params: { ...params, windowId: last.id } }}
        />
      )}
    </>
  );
}

const columnsFor = (nameOf: (siteId: string) => string): readonly Column<Window>[] => [
  { name: 'Window', cell: ({ id }) => id },
  { name: 'What', cell: ({ kind, recurringId }) => (recurringId === null ? kind : `${kind}, recurring`) },
  { name: 'Of', cell: ({ scope, siteId }) => (siteId === null ? SCOPES[scope] : nameOf(siteId)) },
  {
    name: 'How much',
    cell: ({ amounts }) =>
      amounts === null
        ? 'all of it'
        : Object.entries(amounts)
            .map(([name, units]) => `${units} ${name}`)
            .join(', '),
  },
  { name: 'Slots', isNumber: true, cell: ({ from, to, closedAt }) => `${from}–${closedAt ?? to ?? ''}` },
  { name: 'State', cell: ({ state, settled }) => <Badge state={settled ? state : 'under way'} /> },
  { name: 'Hit', cell: ({ hits }) => `${hits.repaired} repaired, ${hits.left} left, ${hits.failed} failed` },
  { name: 'Came back', isNumber: true, cell: ({ returned }) => <Amount of={returned} isColumn /> },
  { name: 'Note', isWrapped: true, cell: ({ note }) => note ?? '–' },
];

const SCOPES = { site: 'a site', bandwidth: 'bandwidth', market: 'the whole market' } as const;
