import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useAll } from '../app/api.js';
import type { Market } from '../app/market.js';
import { useIsOperator } from '../app/session.js';
import { ruleInWords } from '../model/price-rule.js';
import { count, lengthOf, plural } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { buttonClass } from '../parts/button.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

const COLUMNS: readonly Column<Market>[] = [
  {
    name: 'Market',
    cell: ({ id, name }) => (
      <Link to="/markets/$marketId" params={{ marketId: id }}>
        {name}
      </Link>
    ),
  },
  { name: 'Status', cell: ({ status }) => <Badge state={status} /> },
  { name: 'Clock', cell: ({ clock }) => clock },
  { name: 'Slot', isNumber: true, cell: ({ slot }) => count(slot) },
  { name: 'On sale', cell: ({ horizonSlots, slotMinutes }) => `${plural(horizonSlots, 'slot')}, ${lengthOf(horizonSlots, slotMinutes)}` },
  { name: 'Resources', cell: ({ resources }) => resources.join(', ') },
  { name: 'Prices', cell: ({ prices }) => ruleInWords(prices) },
  { name: 'Log', isNumber: true, cell: ({ sequence }) => count(BigInt(sequence)) },
];

/** All markets that the reader may see. */
export function MarketsPage() {
  const markets = useAll('listMarkets', {}, { everyMs: 15_000 });
  const isOperator = useIsOperator();
  const actions = isOperator && (
    <Link to="/new-market" className={buttonClass({ look: 'primary' })}>
      <Plus size={16} aria-hidden />
      Open a market
    </Link>
  );
  return (
    <>
      <PageHead title="Markets" note="Where capacity of edge sites is sold, slot by slot." actions={actions} />
      <Panel title="All markets" isFlush>
        <Shown of={markets} what="markets">
          {(rows) =>
            rows.length === 0 ? (
              <Empty title="There is no market yet">
                <p>
                  {isOperator ? 'Open one, add sites, and bidders of your organisations can bid.' : 'Your operator has not opened one.'}
                </p>
              </Empty>
            ) : (
              <Table label="Markets" columns={COLUMNS} rows={rows} idOf={({ id }) => id} />
            )
          }
        </Shown>
      </Panel>
      <AsCode call={{ operation: 'listMarkets' }} />
    </>
  );
}
