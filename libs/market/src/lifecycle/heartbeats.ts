import type { HeartbeatTerms } from '#log';
import type { Clock } from '../clock/index.js';
import type { Caller } from '../tenancy/index.js';
import type { CloseWindow, OpenWindow } from './windows.js';

/** Who has not looked at the sites for so long could not hear them either, ms. */
const LOOK_MS_MAX = 30_000;
const MS_PER_SECOND = 1_000;
/** How far the clock of an agent may be off, ms. */
export const BEAT_CLOCK_OFF_MS = 300_000;
/** What the windows say to people that are opened for missed heartbeats. */
export const BEATS_MISSED_NOTE = 'heartbeats missed';

/** A site that is watched, as of one moment by the database's clock. */
export interface WatchedSite {
  readonly siteId: bigint;
  readonly marketId: bigint;
  /** Who runs the market. */
  readonly operatorId: bigint;
  /** How long ago the last heartbeat was, ms. */
  readonly silentMs: number;
  readonly streak: number;
  /** By its market's terms. */
  readonly heartbeats: HeartbeatTerms;
  /** The window that was opened since heartbeats were missed, and is open. */
  readonly windowId: bigint | null;
}

/** A heartbeat that was heard: how many have come in time, and how the next ones are counted. */
export interface HeardBeat extends HeartbeatTerms {
  readonly streak: number;
}

/** What heartbeats need of the database. */
export interface BeatStore {
  /** Notes a heartbeat; one that comes too soon after the last one counts for nothing. */
  beat(siteId: bigint): Promise<HeardBeat>;
  /** Sites that have been heard and have an agent whose key is good, in markets that are not closed, with what is to be done: they are silent or off sale. */
  watched(): Promise<readonly WatchedSite[]>;
}

/** In order of precedence. */
export type BeatOutcome =
  | { readonly kind: 'site_not_allowed' }
  | { readonly kind: 'clock_off'; readonly detail: string }
  | ({ readonly kind: 'heard'; readonly siteId: bigint } & HeardBeat);

/** Hears that a site is there. */
export class Beat {
  constructor(
    private readonly store: Pick<BeatStore, 'beat'>,
    private readonly clock: Clock,
  ) {}

  async run({ caller, siteId, atMs }: { readonly caller: Caller; readonly siteId: bigint; readonly atMs: number }): Promise<BeatOutcome> {
    if (caller.siteId !== siteId) return { kind: 'site_not_allowed' };
    const offMs = atMs - this.clock.nowMs();
    if (Math.abs(offMs) > BEAT_CLOCK_OFF_MS)
      return {
        kind: 'clock_off',
        detail: `It is ${Math.round(Math.abs(offMs) / 1000)} s ${offMs > 0 ? 'ahead of' : 'behind'} the server's.`,
      };
    return { kind: 'heard', siteId, ...(await this.store.beat(siteId)) };
  }
}

/** What a round over the watched sites came to. */
export interface WatchResult {
  readonly opened: number;
  readonly closed: number;
}

/**
 * Opens an outage of each site whose heartbeats were missed, and closes it once they have come again, as the operator would. Silence counts from when
 * there was somebody to hear: who could not look for a while waits as long again.
 */
export class WatchSites {
  private lookedMs = -Infinity;
  private sinceMs = -Infinity;

  constructor(
    private readonly store: Pick<BeatStore, 'watched'>,
    private readonly open: Pick<OpenWindow, 'run'>,
    private readonly close: Pick<CloseWindow, 'run'>,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<WatchResult> {
    const sites = await this.store.watched();
    const nowMs = this.clock.nowMs();
    if (nowMs - this.lookedMs > LOOK_MS_MAX) this.sinceMs = nowMs;
    this.lookedMs = nowMs;
    let [opened, closed] = [0, 0];
    for (const site of sites) {
      const { siteId, marketId, operatorId, silentMs, streak, windowId, heartbeats } = site;
      const silentMsMax = silentMsOf(heartbeats);
      const caller = { organisationId: operatorId, role: 'operator' as const };
      const isSilent = silentMs > silentMsMax;
      if (windowId === null && isSilent && nowMs - this.sinceMs >= silentMsMax) {
        const wanted = { caller, marketId, kind: 'outage' as const, scope: 'site' as const, siteId };
        if ((await this.open.run({ ...wanted, note: BEATS_MISSED_NOTE, openedBy: 'heartbeats' })).kind === 'opened') opened += 1;
      }
      if (windowId !== null && !isSilent && streak >= heartbeats.missedMax)
        if ((await this.close.run({ caller, marketId, windowId })).kind === 'closed') closed += 1;
    }
    return { opened, closed };
  }
}

/** For how long a site may be silent, ms. */
const silentMsOf = ({ everySeconds, missedMax }: HeartbeatTerms): number => everySeconds * missedMax * MS_PER_SECOND;
