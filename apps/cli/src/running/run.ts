import { loadConfig, settleHost, type Config } from '#config';
import { constants } from 'node:os';
import { endSignals } from '#process';
import { EXIT, type HostTerminal } from '../terminal.js';
import { Closed, Closing } from './closing.js';

/** What a command that runs services works with. */
export interface Run {
  readonly config: Config;
  readonly closing: Closing;
  /** Ends the run with a message. */
  readonly onGiveUp: (reason: string) => void;
  /** Resolves when the run is to end: a signal. Rejects when a service can't be kept running. */
  readonly untilEnd: Promise<void>;
  /** Aborted at the same moment, for what waits. */
  readonly signal: AbortSignal;
}

/**
 * Runs `work` until it is done, fails, a signal comes or nobody reads our output any more; then stops everything that was started, in
 * order, whichever it was. A second Ctrl-C changes nothing.
 * @throws what `work` or a service failed with, after everything has been stopped.
 */
export async function runUntilSignal(terminal: HostTerminal, work: (run: Run) => Promise<void>): Promise<void> {
  const closing = new Closing((name, cause) => terminal.err(`eris: ${name} could not be stopped: ${String(cause)}\n`));
  const config = await settleHost(loadConfig(terminal.env), (line) => terminal.err(`eris: ${line}\n`));
  const end = new SignalWait(terminal);
  const working = work({ config, closing, onGiveUp: (reason) => end.giveUp(reason), untilEnd: end.reached, signal: end.signal });
  try {
    await Promise.race([working, end.reached]);
  } finally {
    await closing.close();
    end.forget();
    terminal.exitSoon(end.cutShortCode); // what cannot be cut short, such as a database that says nothing, does not hold us
  }
  await working.catch(() => (process.exitCode ??= end.cutShortCode)); // a signal cut it short: what it then fails with is no news
  process.exitCode ??= EXIT.ok;
}

/** What shells make of the death by a signal: 128 and its number. */
const codeOf = (signal: NodeJS.Signals): number => SIGNALLED + constants.signals[signal];
const SIGNALLED = 128;

/** How a run ends from outside: by a signal, by the end of whoever read its output or of the npm that started it, or because a service gave up. */
class SignalWait {
  readonly reached: Promise<void>;
  /** The exit code where work that was under way is cut short. */
  cutShortCode: number = EXIT.interrupted;
  giveUp: (reason: string) => void = () => undefined;
  private readonly controller = new AbortController();
  private readonly listeners: readonly (readonly [NodeJS.Signals, () => void])[];
  private readonly watches: readonly (() => void)[];
  /** Of ours, or of a library's: whatever it was, nothing that was started is left behind. */
  private readonly onUncaught = (cause: Error): void => this.giveUp(cause.stack ?? String(cause));

  constructor(terminal: HostTerminal) {
    let resolve = (): void => undefined;
    this.reached = new Promise((resolvePromise, reject) => {
      resolve = resolvePromise;
      this.giveUp = (reason) => this.end(() => reject(new Error(reason)));
    });
    const onSignal = (signal: NodeJS.Signals) => (): void => {
      this.cutShortCode = codeOf(signal);
      terminal.err(`\neris: ${signal}, stopping …\n`);
      this.end(resolve);
    };
    this.listeners = endSignals().map((signal) => [signal, onSignal(signal)]);
    for (const [signal, listener] of this.listeners) process.on(signal, listener);
    process.on('uncaughtException', this.onUncaught);
    const onOutputLost = (): void => {
      terminal.err('eris: nobody reads the output any more, stopping …\n');
      this.end(resolve);
    };
    const onNpmLost = (): void => {
      this.cutShortCode = codeOf('SIGTERM');
      terminal.err('eris: the npm that started this is gone, stopping …\n');
      this.end(resolve);
    };
    this.watches = [terminal.onOutputLost(onOutputLost), terminal.onNpmLost(onNpmLost)];
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Only once nothing is left to be stopped: until then a second signal must not end us in the middle of it. */
  forget(): void {
    for (const [signal, listener] of this.listeners) process.off(signal, listener);
    process.off('uncaughtException', this.onUncaught);
    for (const stop of this.watches) stop();
  }

  private end(settle: () => void): void {
    settle();
    this.controller.abort(new Closed());
  }
}
