import { loadConfig, type Config } from '#config';
import { EXIT, type HostTerminal } from '../terminal.js';
import { Closing } from './closing.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a command that runs services works with. */
export interface Run {
  readonly config: Config;
  readonly closing: Closing;
  /** Ends the run with a message. */
  readonly onGiveUp: (reason: string) => void;
  /** Resolves when the run is to end: a signal. Rejects when a service can't be kept running. */
  readonly untilEnd: Promise<void>;
}

/**
 * Runs `work` until it is done, fails, or a signal comes; then stops everything that was started, in order, whichever it was. A second
 * Ctrl-C changes nothing.
 * @throws what `work` or a service failed with, after everything has been stopped.
 */
export async function runUntilSignal(terminal: HostTerminal, work: (run: Run) => Promise<void>): Promise<void> {
  const closing = new Closing((name, cause) => terminal.err(`eris: ${name} could not be stopped: ${String(cause)}\n`));
  const config = loadConfig(terminal.env);
  const end = new Ending(terminal);
  const working = work({ config, closing, onGiveUp: (reason) => end.giveUp(reason), untilEnd: end.reached });
  try {
    await Promise.race([working, end.reached]);
  } finally {
    await closing.close();
    end.forget();
  }
  await working.catch(() => (process.exitCode = EXIT.interrupted)); // a signal cut it short: what it then fails with is no news
}

/** How a run ends from outside: by a signal, or because a service gave up. */
class Ending {
  readonly reached: Promise<void>;
  giveUp: (reason: string) => void = () => undefined;
  private readonly onSignal: (signal: NodeJS.Signals) => void;

  constructor(terminal: HostTerminal) {
    let resolve = (): void => undefined;
    this.reached = new Promise((resolvePromise, reject) => {
      resolve = resolvePromise;
      this.giveUp = (reason) => reject(new Error(reason));
    });
    this.onSignal = (signal) => {
      terminal.err(`\neris: ${signal}, stopping …\n`);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }
}
