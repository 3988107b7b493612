import { loadConfig, settleHost, type Config } from '#config';
import { endSignals } from '#runtime';
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
  const end = new Ending(terminal);
  const working = work({ config, closing, onGiveUp: (reason) => end.giveUp(reason), untilEnd: end.reached, signal: end.signal });
  try {
    await Promise.race([working, end.reached]);
  } finally {
    await closing.close();
    end.forget();
    terminal.exitSoon(); // what cannot be cut short, such as a database that says nothing, does not hold us
  }
  await working.catch(() => (process.exitCode ??= EXIT.interrupted)); // a signal cut it short: what it then fails with is no news
  process.exitCode ??= EXIT.ok;
}

/** How a run ends from outside: by a signal, by the end of whoever read its output, or because a service gave up. */
class Ending {
  readonly reached: Promise<void>;
  giveUp: (reason: string) => void = () => undefined;
  private readonly controller = new AbortController();
  private readonly listeners: readonly (readonly [NodeJS.Signals, () => void])[];
  private readonly stopWatching: () => void;
  /** Of ours, or of a library's: whatever it was, nothing that was started is left behind. */
  private readonly onUncaught = (cause: Error): void => this.giveUp(cause.stack ?? String(cause));

  constructor(terminal: HostTerminal) {
    let resolve = (): void => undefined;
    this.reached = new Promise((resolvePromise, reject) => {
      resolve = resolvePromise;
      this.giveUp = (reason) => this.end(() => reject(new Error(reason)));
    });
    const onSignal = (signal: NodeJS.Signals) => (): void => {
      terminal.err(`\neris: ${signal}, stopping …\n`);
      this.end(resolve);
    };
    this.listeners = endSignals().map((signal) => [signal, onSignal(signal)]);
    for (const [signal, listener] of this.listeners) process.on(signal, listener);
    process.on('uncaughtException', this.onUncaught);
    this.stopWatching = terminal.onOutputLost(() => {
      terminal.err('eris: nobody reads the output any more, stopping …\n');
      this.end(resolve);
    });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Only once nothing is left to be stopped: until then a second signal must not end us in the middle of it. */
  forget(): void {
    for (const [signal, listener] of this.listeners) process.off(signal, listener);
    process.off('uncaughtException', this.onUncaught);
    this.stopWatching();
  }

  private end(settle: () => void): void {
    settle();
    this.controller.abort(new Closed());
  }
}
