import { Option, type Command } from 'commander';
import { PRICE_RULES, type PriceRuleName } from './posted-prices.js';
import { BadInput, type HostTerminal } from './terminal.js';

interface DemoFlags {
  readonly jobs: string;
  readonly seed: string;
  readonly prices: PriceRuleName;
  readonly outage?: string;
  readonly exit?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
}

const JOBS_MAX = 20_000;
const SEED_MAX = 4_294_967_295;

/** `eris demo`: the paper's testbed and workload, over HTTP, with everything checked afterwards. */
export function registerDemo(program: Command, terminal: HostTerminal): void {
  program
    .command('demo')
    .description("serve, open a market with the paper's testbed, bid its workload over HTTP, and check every answer")
    .option('--jobs <count>', 'how many jobs bid', '200')
    .option('--seed <number>', 'which workload', '1')
    .addOption(
      new Option('--prices <rule>', "how prices are posted: learnt from the bids, the paper's rule, or flat")
        .choices(PRICE_RULES)
        .default('learning'),
    )
    .option(
      '--outage <site@slot>',
      'a site fails for good in a slot, such as site-3@20: tell whom it hit, where they went and what came back',
    )
    .option('--exit', 'end after the checks instead of serving on')
    .option('--all', 'list every job instead of the first and the last ones')
    .option('--json', 'nothing but one JSON object on standard output; ends after the checks')
    .addHelpText('after', '\nExit codes: 0 every check holds, 1 one does not or something failed, 2 bad input, 130 interrupted.')
    .action(async (flags: DemoFlags) => {
      const jobs = whole(flags.jobs, '--jobs', { min: 1, max: JOBS_MAX });
      const seed = whole(flags.seed, '--seed', { min: 0, max: SEED_MAX });
      const { demo } = await import('./demo/demo.js');
      const { prices, outage, exit, all, json } = flags;
      await demo(terminal, { jobs, seed, prices, outage, exit: Boolean(exit || json), all: Boolean(all), json: Boolean(json) });
    });
}

function whole(text: string, option: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new BadInput([`${option}: ${text} is not a whole number from ${min} to ${max}`]);
  return value;
}
