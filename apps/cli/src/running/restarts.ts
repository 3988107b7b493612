const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 60_000;
/** Between a death and the next start. */
export const RESTART_PAUSE_MS = 500;

/** Counts the deaths of something that is kept running: more than five within a minute are too many. */
export class Restarts {
  private readonly deathsMs: number[] = [];

  constructor(private readonly clock: { nowMs(): number }) {}

  /** Counts one. @returns how many there were within the last minute, and whether to give up. */
  count(): { recent: number; isTooMany: boolean } {
    const nowMs = this.clock.nowMs();
    this.deathsMs.push(nowMs);
    const recent = this.deathsMs.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS).length;
    return { recent, isTooMany: recent > RESTARTS_MAX };
  }
}
