import { useParams } from '@tanstack/react-router';
import { useAnswer } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { useIsBidder } from '../app/session.js';
import { moment } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { PageHead } from '../parts/page.js';
import { Facts, Panel, Stats } from '../parts/panel.js';
import { Notice, Shown } from '../parts/states.js';
import type { Bid } from '../model/refusals.js';
import { AllocationView } from './allocation.js';
import { ReceiptView } from './receipt.js';
import { ReasonView } from './reason.js';
import { WhyView } from './why.js';

const QUEUED_MS = 2_000;

/** A bid: what became of it, its plan and what is paid for it, or why not. */
export function BidPage() {
  const { bidId } = useParams({ from: '/markets/$marketId/bids/$bidId' });
  const market = useMarket();
  const isBidder = useIsBidder();
  const asked = useAnswer('getBid', { params: { bidId } }, { everyMs: QUEUED_MS });
  const crumbs = [{ name: isBidder ? 'My bids' : 'Bids', to: '/markets/$marketId/bids', params: { marketId: market.id } }] as const;
  const bid = asked.data?.id === bidId ? asked.data : undefined;
  return (
    <>
      <PageHead
        title={bid?.label ? `Bid ${bidId}: ${bid.label}` : `Bid ${bidId}`}
        crumbs={crumbs}
        badge={bid && <Badge state={bid.status} />}
      />
      <Shown of={{ ...asked, data: bid }} what="the bid">
        {(known) => <BidView bid={known} />}
      </Shown>
      <AsCode call={{ operation: 'getBid', params: { bidId } }} />
    </>
  );
}

function BidView({ bid }: { readonly bid: Bid }) {
  const { decision } = bid;
  return (
    <>
      <Stats
        of={[
          { name: 'Pays', value: bid.status === 'accepted' ? <Amount of={decision?.payment} /> : '–', note: 'credits' },
          { name: 'Worth', value: <Amount of={decision?.value} />, note: 'credits, at its completion' },
          { name: 'Arrived in slot', value: bid.arrivalSlot ?? '–' },
          { name: 'Done in slot', value: decision?.completion ?? '–' },
        ]}
      />
      {bid.status === 'queued' && <Notice>It is stored and will be decided. This page looks again every two seconds.</Notice>}
      {decision?.reason && <ReasonView reason={decision.reason} />}
      {bid.status === 'refused' && <WhyView bidId={bid.id} />}
      {bid.status === 'accepted' && <AllocationView bid={bid} />}
      {decision && <ReceiptView bidId={bid.id} />}
      <Panel title="Facts">
        <Facts
          of={[
            ['Received', moment(bid.receivedAt)],
            ['Decided', moment(decision?.decidedAt)],
            ['Place in the log', decision?.sequence ?? '–'],
            ['Prices of', decision ? `sequence ${decision.priceVersion}` : '–'],
            ['Organisation', bid.organisationId],
          ]}
        />
      </Panel>
    </>
  );
}
