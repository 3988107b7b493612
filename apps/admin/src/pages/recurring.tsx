import type { ItemOf } from '#sdk';
import { useAll, useChange } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { useIsOperator } from '../app/session.js';
import { moment, plural } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { Button } from '../parts/button.js';
import { Panel } from '../parts/panel.js';
import { Failure, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Item = ItemOf<'listRecurring'>;

/** Asked again so often: the clock brings new occurrences near. */
const EVERY_MS = 15_000;

/** Maintenance that comes again and again, with its next occurrence; operators take that out, or end all of it. */
export function Recurring({ nameOf }: { readonly nameOf: (siteId: string) => string }) {
  const params = { marketId: useMarket().id };
  const isOperator = useIsOperator();
  const recurring = useAll('listRecurring', { params }, { everyMs: EVERY_MS });
  const skip = useChange('skipOccurrence', ['listRecurring', 'listWindows', 'readBook']);
  const end = useChange('endRecurring', ['listRecurring', 'listWindows', 'readBook']);
  const isBusy = skip.isPending || end.isPending;
  const action: Column<Item> = {
    name: 'Action',
    cell: (item) => {
      const next = nextOf(item);
      const of = { ...params, recurringId: item.id };
      return item.state === 'ended' ? (
        '–'
      ) : (
        <div className="form-actions">
          {next && (
            <Button
              isSmall
              isDisabled={isBusy}
              onPress={() => skip.mutate({ params: of, body: { occurrence: next.occurs } })}
              aria-label={`Skip the next one of recurring maintenance ${item.id}`}
            >
              Skip the next one
            </Button>
          )}
          <Button
            isSmall
            isDisabled={isBusy}
            onPress={() => end.mutate({ params: of })}
            aria-label={`End recurring maintenance ${item.id}`}
          >
            End
          </Button>
        </div>
      );
    },
  };
  return (
    <Shown of={recurring} what="recurring maintenance">
      {(rows) =>
        rows.length > 0 && (
          <Panel title={plural(rows.length, 'recurring window')} isFlush>
            {(skip.error ?? end.error) && <Failure error={skip.error ?? end.error} />}
            <Table
              label="Recurring maintenance"
              columns={[...columnsFor(nameOf), ...(isOperator ? [action] : [])]}
              rows={rows.toReversed()}
              idOf={({ id }) => id}
            />
            <AsCode call={{ operation: 'listRecurring', params }} />
            {isOperator && <ActionsAsCode item={rows.findLast(({ state }) => state !== 'ended')} marketId={params.marketId} />}
          </Panel>
        )
      }
    </Shown>
  );
}

/** What the buttons of the last one do, for programs. */
function ActionsAsCode({ item, marketId }: { readonly item: Item | undefined; readonly marketId: string }) {
  const next = item && nextOf(item);
  if (!item) return null;
  const params = { marketId, recurringId: item.id };
  return (
    <>
      {next && (
        <AsCode
          title="The next one skipped, as CLI, curl or SDK"
          call={{ operation: 'skipOccurrence', params, body: { occurrence: next.occurs } }}
        />
      )}
      <AsCode title="The last one ended, as CLI, curl or SDK" call={{ operation: 'endRecurring', params }} />
    </>
  );
}

/** The first occurrence that is to come. */
const nextOf = ({ occurrences }: Item): Item['occurrences'][number] | undefined =>
  occurrences.find(({ state }) => state === 'planned' || state === 'waiting');

const columnsFor = (nameOf: (siteId: string) => string): readonly Column<Item>[] => [
  { name: 'Recurring', cell: ({ id }) => id },
  { name: 'Rule', cell: ({ rule }) => <code>{rule}</code> },
  { name: 'From', cell: ({ start, timeZone }) => `${start.replace('T', ' ')} ${timeZone}` },
  { name: 'Minutes', isNumber: true, cell: ({ minutes }) => minutes },
  { name: 'Of', cell: ({ scope, siteId }) => (siteId === null ? scope : nameOf(siteId)) },
  { name: 'State', cell: ({ state }) => <Badge state={state} /> },
  {
    name: 'Next',
    cell: (item) => {
      const next = nextOf(item);
      return next ? `${moment(next.occurs)}, slots ${next.from}–${next.to}` : '–';
    },
  },
  { name: 'Note', isWrapped: true, cell: ({ note }) => note ?? '–' },
];
