import type { HostTerminal } from '../terminal.js';
import { runUntilSignal } from './run.js';
import { serve, type Serving } from './serve.js';

/** Serves until a signal comes. @throws Error saying what to do where it can't be started or kept running. */
export function start(terminal: HostTerminal): Promise<void> {
  return runUntilSignal(terminal, async (run) => {
    const serving = await serve(terminal, { ...run, anyPort: false, logToFiles: false });
    terminal.out(`${whereItServes(serving)}\n\nCtrl-C stops everything.\n`);
    await run.untilEnd;
  });
}

/** What a person needs to know of a running Eris. */
export function whereItServes({ url, adminKey }: Serving): string {
  return ['', `  API        ${url}/v1`, `  pages      ${url}/docs`, `  admin key  ${adminKey.note}`].join('\n');
}
