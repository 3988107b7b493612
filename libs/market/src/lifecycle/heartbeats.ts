import type { Clock } from '../clock/index.js';
import type { Caller } from '../tenancy/index.js';
import type { CloseWindow, OpenWindow } from './windows.js';

/** How often an agent's heartbeats are expected, ms. */
export const BEAT_MS = 30_000;
/** After so many that are missed a site is taken off sale; so many in time, one after the other, put it on sale again. */
export const BEATS_MISSED_MAX = 3;
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
  /** The window that was opened since heartbeats were missed, and is open. */
  readonly windowId: bigint | null;
}

/** What heartbeats need of the database. */
export interface BeatStore {
  /** Notes a heartbeat; one that comes too soon after the last one counts for nothing. @returns how many have come in time. */
  beat(siteId: bigint): Promise<number>;
  /** Sites that have been heard and have an agent whose key is good, in markets that are not closed, with what is to be done: they are silent or off sale. */
  watched(silentMs: number): Promise<readonly WatchedSite[]>;
}

/** In order of precedence. */
export type BeatOutcome =
  | { readonly kind: 'site_not_allowed' }
  | { readonly kind: 'clock_off'; readonly detail: string }
  | { readonly kind: 'heard'; readonly siteId: bigint; readonly streak: number };

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
    return { kind: 'heard', siteId, streak: await this.store.beat(siteId) };
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
    const sites = await this.store.watched(BEAT_MS * BEATS_MISSED_MAX);
    const nowMs = this.clock.nowMs();
    if (nowMs - this.lookedMs > BEAT_MS) this.sinceMs = nowMs;
    this.lookedMs = nowMs;
    const canTell = nowMs - this.sinceMs >= BEAT_MS * BEATS_MISSED_MAX;
    let [opened, closed] = [0, 0];
    for (const site of sites) {
      const { siteId, marketId, operatorId, silentMs, streak, windowId } = site;
      const caller = { organisationId: operatorId, role: 'operator' as const };
      const isSilent = silentMs > BEAT_MS * BEATS_MISSED_MAX;
      if (windowId === null && isSilent && canTell) {
        const wanted = { caller, marketId, kind: 'outage' as const, scope: 'site' as const, siteId };
        if ((await this.open.run({ ...wanted, note: BEATS_MISSED_NOTE, openedBy: 'heartbeats' })).kind === 'opened') opened += 1;
      }
      if (windowId !== null && !isSilent && streak >= BEATS_MISSED_MAX)
        if ((await this.close.run({ caller, marketId, windowId })).kind === 'closed') closed += 1;
    }
    return { opened, closed };
  }
}
