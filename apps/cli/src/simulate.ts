import { Option, type Command } from 'commander';
import { ORACLES, type SimulateFlags } from './instances/flags.js';
import type { Terminal } from './terminal.js';

/** `eris simulate`: decides an instance's jobs in order, without any service. */
export function registerSimulate(program: Command, terminal: Terminal): void {
  program
    .command('simulate')
    .description('decide the jobs of an instance (eris-instance/1) in order and write the result (eris-result/1); needs no service')
    .requiredOption('--instance <file>', 'the instance to read; - is standard input')
    .addOption(new Option('--policy <name>', 'how jobs are decided').choices(['eris']).default('eris'))
    .addOption(new Option('--oracle <name>', 'what finds the schedules; exact is for small instances').choices(ORACLES).default('default'))
    .option('--exact-seconds <seconds>', 'time limit of one exact solve', '60')
    .option('--warm-up <ms>', 'decide unmeasured for so long first, so that times are of warm code (not for --oracle exact)', '500')
    .option('--out <file>', 'where the result goes; - is standard output', '-')
    .option('--json', 'nothing but the result as JSON on standard output: no progress, no summary')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 bad input (one line per fault on standard error, nothing written).')
    .action(async (flags: SimulateFlags) => {
      const { simulateInstance } = await import('./instances/simulate.js');
      await simulateInstance(terminal, flags);
    });
}
