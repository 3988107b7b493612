import { Link } from '@tanstack/react-router';
import { CheckCircle2, CircleX, Clock3, MapPin, RefreshCw, SlidersHorizontal } from 'lucide-react';
import type { MarketEvent } from '#sdk';
import { useLive } from '../app/live.js';
import { useMarket } from '../app/market.js';
import { credits } from '../model/amounts.js';
import { inWords, timeOfDay } from '../model/words.js';
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

function EventWords({ event }: { readonly event: MarketEvent }) {
  const { id: marketId } = useMarket();
  switch (event.kind) {
    case 'bid_accepted':
      return (
        <>
          <BidLink marketId={marketId} bidId={event.payload.bidId} /> accepted, pays {credits(event.payload.payment)}, done in slot{' '}
          {event.payload.completion}
        </>
      );
    case 'bid_refused':
      return (
        <>
          <BidLink marketId={marketId} bidId={event.payload.bidId} /> refused: {inWords(event.payload.reason)}
        </>
      );
    case 'clock_advanced':
      return `The clock went from slot ${event.payload.from} to ${event.payload.slot}`;
    case 'status_changed':
      return `The market is ${event.payload.status}, it was ${event.payload.from}`;
    case 'site_added':
      return `Site ${event.payload.name} was added`;
    case 'capacity_changed':
      return `Site ${event.payload.name} has another capacity`;
    case 'market_opened':
      return `The market was opened as ${event.payload.name}`;
    case 'terms_changed':
      return `Decided by ${event.payload.oracle} from here on`;
  }
}

const BidLink = ({ marketId, bidId }: { readonly marketId: string; readonly bidId: string }) => (
  <Link to="/markets/$marketId/bids/$bidId" params={{ marketId, bidId }}>
    Bid {bidId}
  </Link>
);
