import type { HostTerminal } from '../apps/cli/src/index.js';

/** Ends a bench that something keeps from ending, ms after it was over. */
const LEFT_MS_MAX = 2_000;

/** What a bench serves with: a data folder of its own, any free port, and no cap on what a bidder has undecided. */
export const terminalOf = (dataDir: string): HostTerminal => ({
  clock: { nowMs: () => performance.now() },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isErrTty: false,
  wallMs: () => Date.now(),
  screen: { isTty: false, columns: 80, hasColour: false },
  readSecret: () => Promise.resolve(undefined),
  env: { ...process.env, ERIS_DATA_DIR: dataDir, PORT: '0', ERIS_UNDECIDED_MAX: '0' },
  onOutputLost: () => () => undefined,
  forgetVariables: (isForgotten) => {
    for (const name of Object.keys(process.env)) if (isForgotten(name)) delete process.env[name];
  },
  onNpmLost: () => () => undefined,
  exitSoon: () => void setTimeout(() => process.exit(), LEFT_MS_MAX).unref(),
});
