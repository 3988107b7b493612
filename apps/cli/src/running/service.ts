import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const END_WITH_PARENT = new URL('./end-with-parent.js', import.meta.url).href;
/** Room for what a burst of requests leaves behind, MB: with the small default, a sixth of the time goes into moving what is about to die. */
const YOUNG_MB = 64;
const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 60_000;
const RESTART_PAUSE_MS = 500;

export interface ServiceOptions {
  readonly name: string;
  /** The built main.js. */
  readonly main: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its output goes; without a file it goes to ours. */
  readonly logFile?: string;
  /** How long it may take to end after SIGTERM; then it is killed. */
  readonly graceMs: number;
  readonly clock: { nowMs(): number };
  readonly report: (text: string) => void;
  /** It has died too often, or never ran: the run is over. */
  readonly onGiveUp: (reason: string) => void;
}

/**
 * A child process that is kept running: one that dies is reported and started again, at most five times a minute. It stands in a process
 * group of its own, so that Ctrl-C reaches only us and things end in order; should we be killed, it ends by itself.
 */
export class Service {
  private child?: ChildProcess;
  private isStopping = false;
  private readonly deathsMs: number[] = [];
  private hasBeenReady = false;

  constructor(readonly options: ServiceOptions) {}

  start(): void {
    const { main, env, logFile } = this.options;
    const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a');
    const args = [`--max-semi-space-size=${YOUNG_MB}`, '--enable-source-maps', '--import', END_WITH_PARENT, fileURLToPath(main)];
    const child = spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', log, log, 'ipc'] });
    if (typeof log === 'number') closeSync(log);
    child.once('error', (cause) => this.options.onGiveUp(`${this.options.name} could not be started: ${cause.message}`));
    child.once('exit', (code, signal) => void this.died(signal ?? `exit code ${code}`));
    this.child = child;
  }

  /** From now on a death is an accident that is made good, and not a failure to start. */
  markReady(): void {
    this.hasBeenReady = true;
  }

  /** SIGTERM, patience, SIGKILL. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => {
      this.options.report(`${this.options.name} did not end within ${this.options.graceMs} ms and is killed`);
      child.kill('SIGKILL');
    }, this.options.graceMs);
    await gone;
    clearTimeout(killer);
  }

  private async died(how: string): Promise<void> {
    if (this.isStopping) return;
    const { name, logFile, clock, report, onGiveUp } = this.options;
    const nowMs = clock.nowMs();
    this.deathsMs.push(nowMs);
    const recent = this.deathsMs.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS).length;
    const where = logFile === undefined ? '' : `; its messages are in ${logFile}`;
    if (!this.hasBeenReady) return onGiveUp(`${name} ended while it was starting (${how})${where}`);
    if (recent > RESTARTS_MAX) return onGiveUp(`${name} has ended ${recent} times within a minute (${how})${where}`);
    report(`${name} ended (${how}) and is started again${where}`);
    await sleep(RESTART_PAUSE_MS);
    if (!this.isStopping) this.start();
  }
}
