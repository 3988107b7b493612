import type { Command } from 'commander';
import type { ValidateFlags } from './instances/flags.js';
import type { Terminal } from './terminal.js';

/** `eris validate`: replays a result against its instance. */
export function registerValidate(program: Command, terminal: Terminal): void {
  program
    .command('validate')
    .description('replay a result (eris-result/1) against its instance: schedules by V1-V6, values, payments and sums recomputed')
    .requiredOption('--instance <file>', 'the instance; - is standard input')
    .requiredOption('--result <file>', 'the result; - is standard input')
    .option('--json', 'print the findings as one JSON object')
    .addHelpText(
      'after',
      '\nExit codes: 0 all holds, 1 something does not (one line each), 2 bad input (one line per fault on standard error).',
    )
    .action(async (flags: ValidateFlags) => {
      const { validateResult } = await import('./instances/validate.js');
      await validateResult(terminal, flags);
    });
}
