import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Eris, MarketEvent, OperationId } from '#sdk';
import { useApi } from './api.js';
import { ClockContext, type NowMs } from './clock.js';

/** How a market's stream stands. */
export interface LiveState {
  readonly isBroken: boolean;
  /** When it was last heard, ms; 0 before. */
  readonly heardMs: number;
  /** What came, the newest first; a part of it where much came. */
  readonly events: readonly MarketEvent[];
  /** How many decisions have come since the page was opened. */
  readonly decisions: number;
}

const NOTHING: LiveState = { isBroken: false, heardMs: 0, events: [], decisions: 0 };
const EVENTS_KEPT = 50;
/** Events are shown together: at a thousand a second the page would do nothing but that. */
const SHOW_MS = 250;
/** What was asked is asked anew at most so often, however much happens. */
const REFRESH_MS = 2_000;
/** How far back the feed begins. */
const EARLIER = 40n;

/** What events make old. */
const TOUCHED: readonly OperationId[] = ['getMarket', 'listMarkets', 'listSites', 'readBook', 'listPriceHistory', 'listAccounts'];

/** Follows a market and tells those who watch, a few times a second. */
class LiveLog {
  private state = NOTHING;
  private pending: MarketEvent[] = [];
  private heardMs = 0;
  private isBroken = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly now: NowMs) {}

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  readonly read = (): LiveState => this.state;

  /** Follows until the signal. @throws what ends the stream for good */
  async follow(api: Eris, marketId: string, { after, signal }: { readonly after: string; readonly signal: AbortSignal }): Promise<void> {
    const onHeard = (): void => this.note(false);
    const onBreak = (): void => this.note(true);
    for await (const event of api.events(marketId, { after, signal, onHeard, onBreak })) this.pending.push(event);
  }

  private note(isBroken: boolean): void {
    this.isBroken = isBroken;
    if (!isBroken) this.heardMs = this.now();
    this.timer ??= setTimeout(() => this.show(), SHOW_MS);
  }

  private show(): void {
    this.timer = undefined;
    const news = this.pending.splice(0);
    const decided = news.filter(({ kind }) => kind === 'bid_accepted' || kind === 'bid_refused').length;
    this.state = {
      isBroken: this.isBroken,
      heardMs: this.heardMs,
      events: news.length === 0 ? this.state.events : [...news.slice(-EVENTS_KEPT).reverse(), ...this.state.events].slice(0, EVENTS_KEPT),
      decisions: this.state.decisions + decided,
    };
    for (const watcher of this.watchers) watcher();
  }
}

const LiveContext = createContext<LiveLog | undefined>(undefined);

/** Follows a market for the parts below. @param sequence where its log stands: the feed begins a little before */
export function LiveProvider({
  marketId,
  sequence,
  children,
}: {
  readonly marketId: string;
  readonly sequence: string;
  readonly children: ReactNode;
}) {
  const api = useApi();
  const now = useContext(ClockContext);
  const client = useQueryClient();
  const log = useMemo(() => new LiveLog(now), [now, marketId]);
  const after = useMemo(() => earlierThan(sequence), [marketId]); // where the log stood first: the stream goes on by itself
  useEffect(() => {
    const ending = new AbortController();
    log.follow(api, marketId, { after, signal: ending.signal }).catch(() => {
      // Either it was ended here, or it is refused for good: then the session has ended, and asking for it shows that.
      if (!ending.signal.aborted) void client.invalidateQueries({ queryKey: ['session'] });
    });
    let shown = log.read().events;
    const timer = setInterval(() => {
      const { events } = log.read();
      if (events === shown || document.hidden) return;
      shown = events;
      for (const operation of TOUCHED) void client.invalidateQueries({ queryKey: [operation] });
    }, REFRESH_MS);
    return () => {
      clearInterval(timer);
      ending.abort();
    };
  }, [api, client, log, marketId, after]);
  return <LiveContext value={log}>{children}</LiveContext>;
}

const earlierThan = (sequence: string): string => {
  const head = BigInt(sequence);
  return (head > EARLIER ? head - EARLIER : 0n).toString();
};

const subscribeToNothing = () => () => undefined;

/** What the market of this page tells. */
export function useLive(): LiveState {
  const log = useContext(LiveContext);
  return useSyncExternalStore(log?.subscribe ?? subscribeToNothing, log?.read ?? (() => NOTHING));
}
