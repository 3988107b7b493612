import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { newIdempotencyKey, ProblemError, type AnswerOf, type BodyOf } from '#sdk';
import { useAll, useAnswer, useChange } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { MenuChart } from '../charts/menu-chart.js';
import { credits } from '../model/amounts.js';
import { bodyOf, type Draft, draftOf, firstDraft } from '../model/job-draft.js';
import { worthAt } from '../model/valuation.js';
import { count, titled } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { faultsOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Panel, Stats } from '../parts/panel.js';
import { Empty, Failure, Notice, Shown } from '../parts/states.js';
import { JobForm } from './job-form.js';

type Body = BodyOf<'placeBid'>;

/** How long the server may wait for the decision before it answers. */
const WAIT_SECONDS = 10;

/** A bidder asks what its job would cost, and bids. */
export function QuotePage() {
  const market = useMarket();
  const { from, change = 0 } = useSearch({ from: '/markets/$marketId/quote' });
  const why = useAnswer('explainBid', { params: { bidId: from ?? '' } }, { isAsked: from !== undefined, isForever: true });
  const [first] = useState(() => firstDraft(market.resources));
  const filled = useMemo(() => why.data?.changes[change] && draftOf(why.data.changes[change].body), [why.data, change]);
  const head = (
    <PageHead
      title="Quote and bid"
      note="A quote reserves nothing, but a bid may hold the market to it: it pays what the quote says, or is not placed."
    />
  );
  if (from === undefined)
    return (
      <>
        {head}
        <Bidding first={first} />
      </>
    );
  return (
    <>
      {head}
      <Shown of={why} what="the bid">
        {() => (
          <>
            <Notice look={filled ? 'info' : 'warn'}>
              {filled
                ? `Filled in with what passes now in place of bid ${from}.`
                : `What passes in place of bid ${from} can't be filled in any more: prices have moved.`}
            </Notice>
            <Bidding first={filled ?? first} />
          </>
        )}
      </Shown>
    </>
  );
}

function Bidding({ first }: { readonly first: Draft }) {
  const market = useMarket();
  const sites = useAll('listSites', { params: { marketId: market.id } });
  const [draft, setDraft] = useState(first);
  const [idempotencyKey, setKey] = useState(newIdempotencyKey); // of this job as it is filled in, however often the button is pressed
  const quote = useChange('quoteBid', []);
  const place = useChange('placeBid', ['searchBids', 'listAccounts', 'readBook']);
  const navigate = useNavigate();
  const params = { marketId: market.id };
  const body = useMemo(() => bodyOf(draft), [draft]);
  const change = (next: Draft): void => {
    setDraft(next);
    setKey(newIdempotencyKey());
    quote.reset();
    place.reset();
  };
  const bid = (quoteId?: string): void =>
    place.mutate(
      {
        params,
        body,
        idempotencyKey: quoteId === undefined ? idempotencyKey : `${idempotencyKey}-${quoteId}`,
        waitSeconds: WAIT_SECONDS,
        ...(quoteId !== undefined && { quoteId }),
      },
      { onSuccess: ({ id }) => void navigate({ to: '/markets/$marketId/bids/$bidId', params: { marketId: market.id, bidId: id } }) },
    );
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    quote.mutate({ params, body });
  };
  const error = place.error ?? quote.error;
  const isOutdated = error instanceof ProblemError && error.code === 'quote_outdated';
  return (
    <>
      <form className="form" onSubmit={onSubmit}>
        {error && (
          <Failure
            error={error}
            onAgain={isOutdated ? () => quote.mutate({ params, body }, { onSuccess: () => place.reset() }) : undefined}
          />
        )}
        <JobForm draft={draft} onChange={change} sites={sites.data ?? []} resources={market.resources} faults={faultsOf(error)} />
        <div className="form-actions">
          <Button type="submit" isDisabled={quote.isPending}>
            {quote.isPending ? 'Asking …' : 'Ask for a quote'}
          </Button>
          {quote.data?.best && (
            <Button look="primary" isDisabled={place.isPending} onPress={() => bid(quote.data.id)}>
              Bid for {credits(quote.data.best.price)}, as quoted
            </Button>
          )}
          <Button look={quote.data?.best ? 'quiet' : 'primary'} isDisabled={place.isPending} onPress={() => bid()}>
            {place.isPending ? 'Bidding …' : 'Place the bid'}
          </Button>
        </div>
      </form>
      {quote.data && quote.variables && <QuoteView quote={quote.data} body={quote.variables.body} slot={quote.data.arrivalSlot} />}
      <AsCode title="The quote as CLI, curl or SDK" call={{ operation: 'quoteBid', params, body }} />
      <AsCode title="The bid as CLI, curl or SDK" call={{ operation: 'placeBid', params, body }} />
    </>
  );
}

interface QuoteViewProps {
  readonly quote: AnswerOf<'quoteBid'>;
  readonly body: Body;
  readonly slot: number;
}

function QuoteView({ quote: { menu, best, reason, priceVersion }, body, slot }: QuoteViewProps) {
  const cheapest = menu.reduce<(typeof menu)[number] | undefined>(
    (least, each) => (least && Number(least.price) <= Number(each.price) ? least : each),
    undefined,
  );
  const worth = useMemo(() => {
    const last = menu.at(-1)?.completion ?? slot;
    return Array.from({ length: Math.max(1, last - slot + 1) }, (_, delay) => ({
      completion: slot + delay,
      value: worthAt(body.valuation, delay),
    }));
  }, [menu, body, slot]);
  return (
    <Panel title="The quote" note={`${count(menu.length)} completions, by the prices of sequence ${priceVersion}`}>
      {reason && (
        <Notice look="bad">
          <strong>{titled(reason.code)}</strong>
          <span>{reason.detail}</span>
        </Notice>
      )}
      <Stats
        of={[
          {
            name: 'Best for you',
            value: best ? <Amount of={best.price} /> : '–',
            note: best ? `done in slot ${best.completion}, worth ${credits(best.value)}` : 'nothing passes',
          },
          {
            name: 'Earliest',
            value: menu[0] ? <Amount of={menu[0].price} /> : '–',
            note: menu[0] ? `done in slot ${menu[0].completion}` : undefined,
          },
          {
            name: 'Cheapest',
            value: cheapest ? <Amount of={cheapest.price} /> : '–',
            note: cheapest ? `done in slot ${cheapest.completion}` : undefined,
          },
        ]}
      />
      {menu.length === 0 ? <Empty title="No completion is possible" /> : <MenuChart menu={menu} worth={worth} chosen={best ?? undefined} />}
    </Panel>
  );
}
