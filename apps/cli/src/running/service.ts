import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RESTART_PAUSE_MS, Restarts } from './restarts.js';

const END_WITH_PARENT = new URL('./end-with-parent.js', import.meta.url).href;
/** Room for what a burst of requests leaves behind, MB: with the small default, a sixth of the time goes into moving what is about to die. */
const YOUNG_MB = 64;

/** What a process of the service is started with. */
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
  /** Whether a death while it was starting had a cause that has passed: it is started again then. */
  readonly isExcused: () => boolean;
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
  private readonly restarts: Restarts;
  private hasBeenReady = false;

  constructor(readonly options: ServiceOptions) {
    this.restarts = new Restarts(options.clock);
  }

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
    const { name, logFile, isExcused, report, onGiveUp } = this.options;
    const { recent, isTooMany } = this.restarts.count();
    const where = logFile === undefined ? '' : `; its messages are in ${logFile}`;
    if (!this.hasBeenReady && !isExcused()) return onGiveUp(`${name} ended while it was starting (${how})${where}`);
    if (isTooMany) return onGiveUp(`${name} has ended ${recent} times within a minute (${how})${where}`);
    report(`${name} ended (${how}) and is started again${where}`);
    await sleep(RESTART_PAUSE_MS);
    if (!this.isStopping) this.start();
  }
}
