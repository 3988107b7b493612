import type { createPrng } from '#lab';

export type Random = ReturnType<typeof createPrng>;

/** Something that can die or stand still: an API, a worker, the server. What it awaits goes on only while it lives and runs. */
export interface Process {
  readonly name: string;
  isAlive: boolean;
  pausedUntilMs: number;
  /** Called once, when it dies. */
  readonly onDeath: (() => void)[];
}

export const newProcess = (name: string): Process => ({ name, isAlive: true, pausedUntilMs: 0, onDeath: [] });

interface Parked {
  readonly process: Process;
  readonly isReady: () => boolean;
  /** When time alone makes it ready. */
  readonly wakeAtMs: number | undefined;
  readonly resume: () => void;
}

const always = (): boolean => true;
/** Virtual time passes with every turn, ms at most. */
const TURN_MS_MAX = 100;

/**
 * Runs promises one step at a time, in an order that only the seed decides. Everything that waits, waits here: for its turn, for a condition,
 * or for virtual time. Between two turns nothing but the resumed step runs.
 */
export class Scheduler {
  nowMs = 0;
  turns = 0;
  /** Whose step runs at the moment. */
  current: Process | undefined;
  private parked: Parked[] = [];

  constructor(readonly random: Random) {}

  /** Waits for a turn of the process, once the condition holds. */
  turn(process: Process, isReady: () => boolean = always, wakeAtMs?: number): Promise<void> {
    return new Promise((resume) => this.parked.push({ process, isReady, wakeAtMs, resume }));
  }

  sleep(process: Process, ms: number): Promise<void> {
    const wakeAtMs = this.nowMs + ms;
    return this.turn(process, () => this.nowMs >= wakeAtMs, wakeAtMs);
  }

  kill(process: Process): void {
    process.isAlive = false;
    this.parked = this.parked.filter((one) => one.process !== process);
    for (const tell of process.onDeath.splice(0)) tell();
  }

  /** Resumes one step. @returns false where nothing can go on, now or later. */
  async step(): Promise<boolean> {
    this.turns++;
    this.nowMs += this.random.below(TURN_MS_MAX);
    let ready = this.ready();
    if (ready.length === 0) {
      const next = this.nextMs();
      if (next === undefined) return false;
      this.nowMs = Math.max(this.nowMs, next);
      ready = this.ready();
    }
    if (ready.length === 0) return true; // a pause has ended, or a lock will
    const chosen = this.random.pick(ready);
    this.parked.splice(this.parked.indexOf(chosen), 1);
    this.current = chosen.process;
    chosen.resume();
    await settled();
    return true;
  }

  private ready(): Parked[] {
    return this.parked.filter(({ process, isReady }) => process.isAlive && process.pausedUntilMs <= this.nowMs && isReady());
  }

  private nextMs(): number | undefined {
    const alive = this.parked.filter(({ process }) => process.isAlive);
    const times = alive.flatMap(({ process, wakeAtMs }) => [process.pausedUntilMs, ...(wakeAtMs === undefined ? [] : [wakeAtMs])]);
    const later = times.filter((time) => time > this.nowMs);
    return later.length === 0 ? undefined : Math.min(...later);
  }
}

/** When every promise that can go on by itself has done so: a tick asked for by a promise comes after all of them. */
export const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
