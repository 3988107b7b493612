import { History, Radio } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';
import type { Book } from '../app/grid.js';
import { useMarket } from '../app/market.js';
import { count, moment } from '../model/words.js';
import { Button } from '../parts/button.js';

interface MomentProps {
  /** The entry of the log after which it is shown; now where nothing is said. */
  readonly at: number | undefined;
  readonly onChange: (at: number | undefined) => void;
  readonly book: Book | undefined;
}

/** How long a thumb rests before the moment is asked for, ms. */
const REST_MS = 150;

/** Which moment of the market's log is shown: the present, or any before it. */
export function Moment({ at, onChange, book }: MomentProps) {
  const market = useMarket();
  const head = Number(book?.head ?? market.sequence);
  const [shown, setShown] = useState(at ?? head);
  useEffect(() => setShown(at ?? head), [at, head]);
  useEffect(() => {
    if (shown === (at ?? head)) return;
    const timer = setTimeout(() => onChange(shown >= head ? undefined : shown), REST_MS);
    return () => clearTimeout(timer);
  }, [shown, at, head, onChange]);
  return (
    <div className={at === undefined ? 'moment' : 'moment is-past'}>
      <Slider className="slider" value={shown} minValue={1} maxValue={Math.max(1, head)} onChange={(value) => setShown(Number(value))}>
        <Label className="label">Moment</Label>
        <SliderTrack className="track">
          <SliderThumb className="thumb" />
        </SliderTrack>
        <SliderOutput className="visually-hidden" />
      </Slider>
      <p className="small number">
        {at === undefined ? (
          <>Now: entry {count(head)} of the log</>
        ) : (
          <>
            <History size={14} aria-hidden /> As it was after entry {count(at)} of {count(head)}
            {book && book.sequence === String(at) && `: ${moment(book.at)}, slot ${book.slot}, ${book.status}`}
          </>
        )}
      </p>
      {at !== undefined && (
        <Button isSmall onPress={() => onChange(undefined)}>
          <Radio size={14} aria-hidden />
          Back to now
        </Button>
      )}
    </div>
  );
}
