import { microsOf } from '../model/amounts.js';
import type { Refusal } from '../model/refusals.js';
import { titled } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { Panel } from '../parts/panel.js';
import { Notice } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

/** What to do about each reason. */
const REMEDIES: { readonly [Code in Refusal['code']]?: string } = {
  allocation_over: 'There was nothing left to change; place a bid of its own.',
  cancellation_outdated: 'Ask again what giving the allocation back would bring, and change it by that quote.',
  no_data: 'Name the sites where the data is.',
  beyond_horizon: 'Bid again when the clock has moved.',
  no_feasible_schedule: 'Ask for smaller workers, or bid later: further slots come on sale.',
  price_above_value: 'Offer a higher value for a completion, if it is true, or accept a later one.',
  insufficient_funds: 'Fill the wallet and bid again.',
  budget_exhausted: 'Raise the budget, or bid for slots of its next period.',
  market_closed: 'The market was closed before it was decided.',
};

type Option = NonNullable<Refusal['nearest']>;
interface Row extends Option {
  readonly name: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'Completion', cell: ({ name }) => name },
  { name: 'In slot', isNumber: true, cell: ({ completion }) => completion },
  { name: 'Costs', isNumber: true, cell: ({ price }) => <Amount of={price} isColumn /> },
  { name: 'Is worth', isNumber: true, cell: ({ value }) => <Amount of={value} isColumn /> },
  { name: 'Short of it by', isNumber: true, cell: ({ price, value }) => <Amount of={shortOf(price, value)} isColumn /> },
];

const shortOf = (price: string, value: string): bigint => {
  const by = microsOf(price) - microsOf(value);
  return by > 0n ? by : 0n;
};

/** Why a bid was refused, and what would have passed. */
export function ReasonView({ reason }: { readonly reason: Refusal }) {
  const rows: Row[] = [
    ...(reason.nearest ? [{ name: 'The nearest to passing', ...reason.nearest }] : []),
    ...(reason.cheapest ? [{ name: 'The cheapest', ...reason.cheapest }] : []),
    ...(reason.floor ? [{ name: 'At least', ...reason.floor }] : []),
  ];
  return (
    <Panel title="Why it was refused">
      <Notice look="bad">
        <strong>{titled(reason.code)}</strong>
        <span>{reason.detail}</span>
        {REMEDIES[reason.code] && <span>{REMEDIES[reason.code]}</span>}
      </Notice>
      {rows.length > 0 && <Table label="What would have passed" columns={COLUMNS} rows={rows} idOf={({ name }) => name} />}
    </Panel>
  );
}
