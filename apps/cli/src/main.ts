import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands.js';
import { BadInput, EXIT, type HostTerminal } from './terminal.js';

const terminal: HostTerminal = {
  clock: { nowMs: () => performance.now() },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isErrTty: process.stderr.isTTY,
  env: process.env,
};

/** Commander's own errors (usage) are bad input; asking for help is none. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  if (error instanceof BadInput) {
    terminal.err(`${error.message}\n`);
    return EXIT.badInput;
  }
  terminal.err(`eris: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failed;
}

// A reader that has seen enough (`eris simulate … | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exitCode = EXIT.ok;
});

const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string };
const program = new Command('eris')
  .description('An online auction marketplace for edge learning resources.')
  .version(version)
  .showHelpAfterError();
program.exitOverride();
for (const register of COMMANDS) register(program, terminal);
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
