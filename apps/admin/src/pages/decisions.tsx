import { Link } from '@tanstack/react-router';
import { CheckCircle2, CircleX, Clock3, MapPin, RefreshCw, SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MarketEvent } from '#sdk';
import { useLive } from '../app/live.js';
import { useMarket } from '../app/market.js';
import { credits } from '../model/amounts.js';
import { inWords, timeOfDay, titled } from '../model/words.js';
import { Panel } from '../parts/panel.js';
import { Empty } from '../parts/states.js';

/** What happens in the market, as it happens. */
export function Decisions() {
  const { events, decisions } = useLive();
  return (
    <Panel title="Live" note={`${decisions} decisions since this page was opened`} isFlush>
      {events.length === 0 ? (
        <Empty title="Nothing has happened yet">
          <p>Decisions and changes appear here as they come.</p>
        </Empty>
      ) : (
        <ol className="feed" tabIndex={0} aria-label="What happened, the newest first">
          {events.map((event) => (
            <li key={event.sequence}>
              <EventIcon kind={event.kind} />
              <span>
                <EventWords event={event} />
              </span>
              <time className="small muted" dateTime={event.at}>
                {timeOfDay(event.at)}
              </time>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

const ICONS = {
  bid_accepted: CheckCircle2,
  bid_refused: CircleX,
  clock_advanced: Clock3,
  site_added: MapPin,
  status_changed: SlidersHorizontal,
} as const;
const COLOURS: { readonly [Kind in string]?: string } = { bid_accepted: 'var(--good)', bid_refused: 'var(--bad)' };

function EventIcon({ kind }: { readonly kind: MarketEvent['kind'] }) {
  const Icon = kind in ICONS ? ICONS[kind as keyof typeof ICONS] : RefreshCw;
  return <Icon size={16} aria-hidden color={COLOURS[kind] ?? 'var(--muted)'} />;
}

type Teller<Kind> = (payload: Extract<MarketEvent, { kind: Kind }>['payload'], marketId: string) => ReactNode;

/** How each kind of event is told; one that is not here is told by its name. */
const WORDS: { readonly [Kind in MarketEvent['kind']]?: Teller<Kind> } = {
  bid_accepted: ({ bidId, payment, completion }, marketId) => (
    <>
      <BidLink marketId={marketId} bidId={bidId} /> accepted, pays {credits(payment)}, done in slot {completion}
    </>
  ),
  bid_refused: ({ bidId, reason }, marketId) => (
    <>
      <BidLink marketId={marketId} bidId={bidId} /> refused: {inWords(reason)}
    </>
  ),
  clock_advanced: ({ from, slot }) => `The clock went from slot ${from} to ${slot}`,
  status_changed: ({ from, status }) => `The market is ${status}, it was ${from}`,
  site_added: ({ name }) => `Site ${name} was added`,
  capacity_changed: ({ name }) => `Site ${name} has another capacity`,
  market_opened: ({ name }) => `The market was opened as ${name}`,
  terms_changed: ({ oracle }) => `Decided by ${oracle} from here on`,
};

function EventWords({ event }: { readonly event: MarketEvent }) {
  const { id } = useMarket();
  const tell = WORDS[event.kind] as ((payload: MarketEvent['payload'], marketId: string) => ReactNode) | undefined;
  return tell ? tell(event.payload, id) : titled(event.kind);
}

const BidLink = ({ marketId, bidId }: { readonly marketId: string; readonly bidId: string }) => (
  <Link to="/markets/$marketId/bids/$bidId" params={{ marketId, bidId }}>
    Bid {bidId}
  </Link>
);
