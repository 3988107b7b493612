import { type FormEvent, useState } from 'react';
import { ProblemError } from '#sdk';
import { useChange } from '../app/api.js';
import { type Market, useMarket } from '../app/market.js';
import { useIsOperator } from '../app/session.js';
import { BANDWIDTH } from '../app/grid.js';
import { PriceCurve } from '../charts/price-curve.js';
import { curveOf, formulaOf } from '../model/price-rule.js';
import { lengthOf, moment, plural } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { Button } from '../parts/button.js';
import { Confirm } from '../parts/dialog.js';
import { Field } from '../parts/fields.js';
import { faultsOf, numberOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Facts, Panel } from '../parts/panel.js';
import { Failure, Notice } from '../parts/states.js';
import { NextPrices } from './next-prices.js';

/** The terms of a market, whether it takes bids, and its clock. */
export function SettingsPage() {
  const market = useMarket();
  const isOperator = useIsOperator();
  return (
    <>
      <PageHead title="Terms and clock" badge={<Badge state={market.status} />} />
      <div className="columns">
        {isOperator && <Status market={market} />}
        {isOperator && market.clock === 'manual' && <Clock market={market} />}
      </div>
      <NextPrices market={market} resource={market.resources[0] ?? BANDWIDTH} />
      <div className="columns">
        <Terms market={market} />
        <Curve market={market} />
      </div>
      {isOperator && <Oracle market={market} />}
      <AsCode call={{ operation: 'getMarket', params: { marketId: market.id } }} />
    </>
  );
}

interface OfMarket {
  readonly market: Market;
}

type Status = Market['status'];
const STEPS: { readonly [From in Status]: readonly { readonly to: Status; readonly action: string; readonly tells: string }[] } = {
  open: [
    { to: 'paused', action: 'Pause', tells: 'No bid is taken and none decided until it is resumed. What is sold runs on.' },
    { to: 'closed', action: 'Close', tells: 'No bid is ever taken again. What is sold runs on. This cannot be undone.' },
  ],
  paused: [
    { to: 'open', action: 'Resume', tells: 'Bids are taken again, and those that wait are decided.' },
    { to: 'closed', action: 'Close', tells: 'No bid is ever taken again. What is sold runs on. This cannot be undone.' },
  ],
  closed: [],
};

function Status({ market }: OfMarket) {
  const [step, setStep] = useState<(typeof STEPS)['open'][number]>();
  const change = useChange('changeMarket', ['getMarket', 'listMarkets']);
  const params = { marketId: market.id };
  const onConfirm = (): void => {
    if (step) change.mutate({ params, body: { status: step.to } }, { onSuccess: () => setStep(undefined) });
  };
  return (
    <Panel title="Status" note={market.status === 'closed' ? 'Closed for good.' : `The market is ${market.status}.`}>
      <div className="cluster">
        {STEPS[market.status].map((each) => (
          <Button key={each.to} look={each.to === 'closed' ? 'danger' : 'primary'} onPress={() => setStep(each)}>
            {each.action}
          </Button>
        ))}
      </div>
      <Confirm
        title={`${step?.action ?? ''} ${market.name}?`}
        isOpen={step !== undefined}
        onClose={() => setStep(undefined)}
        action={step?.action ?? ''}
        isDangerous={step?.to === 'closed'}
        isBusy={change.isPending}
        onConfirm={onConfirm}
      >
        <p>{step?.tells}</p>
        {change.error && <Failure error={change.error} />}
        {step && <AsCode call={{ operation: 'changeMarket', params, body: { status: step.to } }} />}
      </Confirm>
    </Panel>
  );
}

function Clock({ market }: OfMarket) {
  const [slot, setSlot] = useState(String(market.slot + 1));
  const [isConfirmed, setConfirmed] = useState(false);
  const advance = useChange('advanceClock', ['getMarket', 'listMarkets', 'readBook', 'listAccounts']);
  const params = { marketId: market.id };
  const body = { slot: numberOf(slot), ...(isConfirmed && { confirm: true }) };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    advance.mutate(
      { params, body },
      {
        onSuccess: ({ slot: now }) => {
          setSlot(String(now + 1));
          setConfirmed(false);
        },
      },
    );
  };
  const isLeap = advance.error instanceof ProblemError && advance.error.code === 'clock_leap';
  return (
    <Panel title="Clock" note={`It stands at slot ${market.slot}. What has run is earned, and further slots come on sale.`}>
      {advance.error && <Failure error={advance.error} />}
      {advance.isSuccess && <Notice look="good">The clock stands at slot {advance.data.slot}.</Notice>}
      <form className="toolbar" onSubmit={onSubmit}>
        <Field label="Move to slot" inputMode="numeric" value={slot} onChange={setSlot} fault={faultsOf(advance.error).slot} />
        <Button type="submit" look="primary" isDisabled={advance.isPending}>
          Move it
        </Button>
        {isLeap && !isConfirmed && (
          <Button look="danger" onPress={() => setConfirmed(true)}>
            I mean to leap
          </Button>
        )}
      </form>
      <AsCode call={{ operation: 'advanceClock', params, body }} />
    </Panel>
  );
}

function Oracle({ market }: OfMarket) {
  const [oracle, setOracle] = useState(market.oracle);
  const change = useChange('changeMarket', ['getMarket', 'listMarkets']);
  const params = { marketId: market.id };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ params, body: { oracle } });
  };
  const fault = faultsOf(change.error).oracle;
  return (
    <Panel title="Oracle" note="Which version decides. A market keeps its version until another is named; what was decided stays.">
      {change.error && fault === undefined && <Failure error={change.error} />}
      <form className="toolbar" onSubmit={onSubmit}>
        <Field label="Version" value={oracle} onChange={setOracle} fault={fault} />
        <Button type="submit" isDisabled={change.isPending || oracle === market.oracle}>
          Decide by it
        </Button>
      </form>
      <AsCode call={{ operation: 'changeMarket', params, body: { oracle } }} />
    </Panel>
  );
}

function Terms({ market }: OfMarket) {
  return (
    <Panel title="Terms">
      <Facts
        of={[
          ['Name', market.name],
          ['Opened', moment(market.openedAt)],
          ['Clock', market.clock],
          ['A slot', plural(market.slotMinutes, 'minute')],
          ['On sale', `${plural(market.horizonSlots, 'slot')}, ${lengthOf(market.horizonSlots, market.slotMinutes)}`],
          ['Resources', market.resources.join(', ')],
          ['Bandwidth', `${market.bandwidthMB} MB in a slot`],
          ['A chunk', `${market.chunkMB} MB`],
          ['Decided by', `${market.policy}, ${market.oracle}`],
          ['Place in the log', market.sequence],
        ]}
      />
    </Panel>
  );
}

/** A resource of the flat rule costs by what there is of it: the curve is drawn for so much. */
const DRAWN_FOR = 10;

function Curve({ market }: OfMarket) {
  const resource = market.resources[0] ?? BANDWIDTH;
  return (
    <Panel title={`Prices of ${resource}`} note={formulaOf(market.prices, resource)}>
      <PriceCurve resource={resource} curve={curveOf(market.prices, resource, DRAWN_FOR)} />
    </Panel>
  );
}
