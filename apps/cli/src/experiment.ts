import { Option, type Command } from 'commander';
import type { ExperimentFlags } from './experiment/flags.js';
import type { Terminal } from './terminal.js';

/** `eris experiment prices`: the rules of prices side by side, without any service. */
export function registerExperiment(program: Command, terminal: Terminal): void {
  const experiment = program.command('experiment').description('measure what docs/decisions tells, without any service');
  experiment
    .command('prices')
    .description('the rules of prices over sixteen workloads; then fakes, and bidders that try to gain, with 95 % intervals')
    .option('--seeds <count>', 'at most so many seeds a workload; the large ones have fewer', '16')
    .option('--first <seed>', 'the first of them', '5001')
    .option('--only <text>', 'workloads whose names have it', '')
    .addOption(new Option('--part <name>', 'what to play').choices(['all', 'rules', 'griefing', 'gaming']).default('all'))
    .option(
      '--trace <file>',
      'play a trace of training jobs instead (CSV: submission_time, duration, num_gpu; deadline, model_name); - is standard input',
    )
    .option('--json', 'nothing but one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris experiment prices --part rules --only testbed\n  $ eris experiment prices --part gaming --seeds 16 --json\nAll of it takes an hour; a line appears as each row is done.',
    )
    .action(async (flags: ExperimentFlags) => {
      const { experimentPrices } = await import('./experiment/prices.js');
      await experimentPrices(terminal, flags);
    });
}
