import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '#sdk';
import { useAll, useAnswer } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { useIsBidder } from '../app/session.js';
import { MenuChart } from '../charts/menu-chart.js';
import { worthAt } from '../model/valuation.js';
import { credits } from '../model/amounts.js';
import { titled, volume } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { buttonClass } from '../parts/button.js';
import { Panel } from '../parts/panel.js';
import { Notice, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Why = AnswerOf<'explainBid'>;
type Cell = Why['cells'][number];
type Change = Why['changes'][number];

const TOLD: { readonly [Kind in Change['kind']]: string } = {
  value: 'Offer a higher value',
  completion: 'Accept a later completion',
  site: 'Put the data at another site',
  deposit: 'Fill the wallet',
  budget: 'Raise the budget',
};

/** Why a bid would be refused at the prices of this moment, the cells that make it so, and the least changes with which it passes. */
export function WhyView({ bidId }: { readonly bidId: string }) {
  const asked = useAnswer('explainBid', { params: { bidId } });
  return (
    <>
      <Panel title="What would pass now" note="By the rule that decides, at the prices of this moment; they move with every bid.">
        <Shown of={asked} what="what would pass">
          {(why) => <Passing why={why} />}
        </Shown>
      </Panel>
      <AsCode title="The explanation as CLI, curl or SDK" call={{ operation: 'explainBid', params: { bidId } }} />
    </>
  );
}

function Passing({ why }: { readonly why: Why }) {
  const menu = why.changes.map(({ completion, price }) => ({ completion, price }));
  return (
    <>
      {why.best && (
        <Notice look="good">
          The same bid would be accepted now: {credits(why.best.price)} credits, done in slot {why.best.completion}.
        </Notice>
      )}
      {why.reason && (
        <Notice look="bad">
          <strong>Now: {titled(why.reason.code)}</strong>
          <span>{why.reason.detail}</span>
        </Notice>
      )}
      {menu.length > 0 && <MenuChart menu={[...menu].sort((a, b) => a.completion - b.completion)} worth={worthOf(why)} chosen={menu[0]} />}
      {why.changes.length > 0 && <Changes why={why} />}
      {why.cells.length > 0 && <Cells cells={why.cells} />}
    </>
  );
}

function worthOf({ arrivalSlot, body, changes }: Why) {
  const last = Math.max(...changes.map(({ completion }) => completion));
  return Array.from({ length: last - arrivalSlot + 2 }, (_, delay) => ({
    completion: arrivalSlot + delay,
    value: worthAt(body.valuation, delay),
  }));
}

function Changes({ why }: { readonly why: Why }) {
  const { id: marketId } = useMarket();
  const isBidder = useIsBidder();
  const columns: readonly Column<Change>[] = [
    { name: 'Change', isWrapped: true, cell: changeText },
    { name: 'Done in slot', isNumber: true, cell: ({ completion }) => completion },
    { name: 'Pays', isNumber: true, cell: ({ price }) => <Amount of={price} isColumn /> },
    { name: 'Is worth', isNumber: true, cell: ({ value }) => <Amount of={value} isColumn /> },
    { name: 'Deposit first', isNumber: true, cell: ({ deposit }) => <Amount of={deposit} isColumn /> },
    ...(isBidder ? [{ name: 'Form', cell: (change: Change) => <FormLink marketId={marketId} why={why} change={change} /> }] : []),
  ];
  return <Table label="The least changes that pass" columns={columns} rows={why.changes} idOf={({ kind }, index) => `${kind} ${index}`} />;
}

/** What is changed: of budgets which, and by how much. */
const changeText = ({ kind, budgets = [] }: Change): string =>
  [TOLD[kind], ...budgets.map(({ name, period, missing }) => `${name} for ${period} by ${credits(missing)}`)].join(' ');

function FormLink({ marketId, why, change }: { readonly marketId: string; readonly why: Why; readonly change: Change }) {
  if (change.kind === 'deposit' || change.kind === 'budget' || change.body.valuation.kind === 'table') return '–';
  return (
    <Link
      to="/markets/$marketId/quote"
      params={{ marketId }}
      search={{ from: why.bidId, change: why.changes.indexOf(change) }}
      className={buttonClass({ isSmall: true, look: 'primary' })}
    >
      Fill in the form
    </Link>
  );
}

function Cells({ cells }: { readonly cells: readonly Cell[] }) {
  const { id: marketId } = useMarket();
  const sites = useAll('listSites', { params: { marketId } });
  const names = new Map(sites.data?.map(({ id, name }) => [id, name]));
  const columns: readonly Column<Cell>[] = [
    { name: 'Slot', isNumber: true, cell: ({ slot }) => slot },
    { name: 'Site', cell: ({ siteId }) => (siteId === null ? 'whole market' : (names.get(siteId) ?? siteId)) },
    { name: 'Resource', cell: ({ resource }) => resource },
    { name: 'Needed', isNumber: true, cell: ({ needed }) => volume(Number(needed)) },
    { name: 'Free', isNumber: true, cell: ({ free }) => volume(Number(free)) },
    { name: 'Price of a unit', isNumber: true, cell: ({ unitPrice }) => <Amount of={unitPrice} isColumn /> },
  ];
  return (
    <>
      <h3>Cells that make it so</h3>
      <Table label="Binding cells" columns={columns} rows={cells} idOf={({ slot, siteId, resource }) => `${slot} ${siteId} ${resource}`} />
    </>
  );
}
