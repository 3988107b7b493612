import { useAnswer } from '../app/api.js';
import { useLive } from '../app/live.js';
import { useMarket } from '../app/market.js';
import { sumOf } from '../model/amounts.js';
import { percent } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { Stats } from '../parts/panel.js';

/** Figures of the market at a glance. */
export function Figures() {
  const market = useMarket();
  const { events } = useLive();
  const ready = useAnswer('readyz', {}, { everyMs: 15_000 });
  const accepted = events.flatMap((event) => (event.kind === 'bid_accepted' ? [event.payload.payment] : []));
  const decided = events.filter(({ kind }) => kind === 'bid_accepted' || kind === 'bid_refused').length;
  return (
    <Stats
      of={[
        { name: 'Slot', value: market.slot, note: `${market.clock} clock` },
        {
          name: 'Accepted lately',
          value: decided === 0 ? '–' : percent(accepted.length / decided),
          note: `of the last ${decided} decisions`,
        },
        { name: 'Paid lately', value: <Amount of={sumOf(accepted)} />, note: 'credits, by the same bids' },
        { name: 'Server', value: ready.data ? 'ready' : ready.error ? 'not ready' : '…' },
      ]}
    />
  );
}
