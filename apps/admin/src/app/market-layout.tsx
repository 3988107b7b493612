import { Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Badge } from '../parts/badge.js';
import { Chooser } from '../parts/fields.js';
import { Failure, Loading } from '../parts/states.js';
import { ageOf } from '../model/words.js';
import { useAll, useAnswer } from './api.js';
import { useNow } from './clock.js';
import { LiveProvider, useLive } from './live.js';
import { MarketContext } from './market.js';

/** The market that the pages below are about: which one, how it stands, whether what is shown is fresh. */
export function MarketLayout() {
  const { marketId = '' } = useParams({ strict: false });
  const market = useAnswer('getMarket', { params: { marketId } }, { everyMs: 15_000 });
  const value = useMemo(() => market.data, [market.data]);
  if (!value || value.id !== marketId)
    return (
      <main id="content">
        {market.error ? <Failure error={market.error} onAgain={() => void market.refetch()} /> : <Loading what="the market" />}
      </main>
    );
  return (
    <LiveProvider key={marketId} marketId={marketId} sequence={value.sequence}>
      <MarketContext value={value}>
        <MarketBar />
        <main id="content">
          <Outlet />
        </main>
      </MarketContext>
    </LiveProvider>
  );
}

function MarketBar() {
  const { marketId = '' } = useParams({ strict: false });
  const markets = useAll('listMarkets', {});
  const navigate = useNavigate();
  const chosen = markets.data?.find(({ id }) => id === marketId);
  const choices = (markets.data ?? []).map(({ id, name }) => ({ id, name }));
  return (
    <div className="market-bar" role="region" aria-label="Market">
      {choices.length > 0 && (
        <Chooser
          label="Market"
          isLabelHidden
          value={marketId}
          choices={choices}
          onChange={(id) => void navigate({ to: '/markets/$marketId', params: { marketId: id } })}
        />
      )}
      {chosen && <Badge state={chosen.status} />}
      {chosen && (
        <span className="small muted number">
          slot {chosen.slot} · {chosen.clock} clock
        </span>
      )}
      <span className="spacer" />
      <Pulse />
    </div>
  );
}

/** How fresh what is shown is. */
function Pulse() {
  const { isBroken, heardMs } = useLive();
  const now = useNow();
  if (heardMs === 0 && !isBroken) return <span className="pulse">connecting …</span>;
  const age = ageOf(now - heardMs);
  if (isBroken)
    return (
      <span className="pulse is-broken" role="status">
        {heardMs === 0 ? 'the server does not answer' : `no connection: data is ${age} old`}
      </span>
    );
  return <span className="pulse is-live">live</span>;
}
