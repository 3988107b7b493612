import '#process'; // first: it clears away what others' variables would make of the database's driver
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { documentOf } from './client/exit-codes.js';
import { screenOf } from './client/text.js';
import { COMMANDS } from './commands.js';
import { Output } from './output.js';
import { readSecret } from './secret.js';
import { BadInput, EXIT, type HostTerminal } from './terminal.js';

/** Who started this process; another process takes over when that one is gone. */
const parentPid = process.ppid;
const PARENT_LOOK_MS = 500;
/** How long what is left may take to end by itself, ms. */
const LEFT_MS_MAX = 2_000;

const output = new Output(process.stdout, process.stderr);
const terminal: HostTerminal = {
  clock: { nowMs: () => performance.now() },
  out: (text) => output.write(process.stdout, text),
  err: (text) => output.write(process.stderr, text),
  isErrTty: process.stderr.isTTY,
  wallMs: () => Date.now(),
  screen: screenOf(process.stdout, process.env),
  readSecret: async (prompt) => {
    const secret = await readSecret(process.stdin, () => process.stderr.write(prompt));
    if (process.stdin.isTTY) process.stderr.write('\n');
    return secret;
  },
  env: process.env,
  onOutputLost: (listener) => output.onLost(listener),
  onNpmLost: (listener) => (process.env.npm_lifecycle_event === undefined ? () => undefined : onParentLost(listener)),
  forgetVariables: (isForgotten) => {
    for (const name of Object.keys(process.env)) if (isForgotten(name)) delete process.env[name];
  },
  exitSoon: (exitCode) => void setTimeout(() => process.exit(process.exitCode ?? exitCode), LEFT_MS_MAX).unref(),
};

/** A signal that ends npm as such (SIGKILL) reaches none of those that it started. */
function onParentLost(listener: () => void): () => void {
  const timer = setInterval(() => {
    if (process.ppid === parentPid) return;
    clearInterval(timer);
    listener();
  }, PARENT_LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Commander's own errors (usage) are bad input; asking for help is none. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0 && isForMachines) terminal.err(`${JSON.stringify(documentOf(new BadInput([usageOf(error)])))}\n`);
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
  if (error instanceof BadInput) {
    terminal.err(`${error.message}\n`);
    return EXIT.badInput;
  }
  terminal.err(`eris: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failed;
}

/** Whether what goes wrong is told as JSON, too. */
const isForMachines = process.argv.includes('--json');

const usageOf = ({ message }: CommanderError): string => message.replace(/^error: /, '');

const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string };
const program = new Command('eris').description('An online auction marketplace for edge learning resources.').version(version);
if (isForMachines) program.configureOutput({ outputError: () => undefined });
else program.showHelpAfterError();
program.exitOverride();
for (const register of COMMANDS) register(program, terminal);
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
