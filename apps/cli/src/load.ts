import { Option, type Command } from 'commander';
import type { LoadOptions } from './load/options.js';
import { PRICE_RULES, type PriceRuleName } from './posted-prices.js';
import { BadInput, type HostTerminal } from './terminal.js';

interface LoadFlags {
  readonly url?: string;
  readonly adminKey?: string;
  readonly mode: 'closed' | 'open';
  readonly rate: string;
  readonly connections: string;
  readonly seconds: string;
  readonly warmup: string;
  readonly bulk: string;
  readonly markets: string;
  readonly prices: PriceRuleName;
  readonly bidders: string;
  readonly slotMs: string;
  readonly seed: string;
  readonly json?: boolean;
  readonly html?: string;
}

/** `eris load`: bids over HTTP as fast as they are answered, or at a given rate. */
export function registerLoad(program: Command, terminal: HostTerminal): void {
  program
    .command('load')
    .description('load a server with bids over HTTP, measure acknowledgements and decisions, and check everything afterwards')
    .option('--url <url>', 'a server that runs; without it one is started')
    .option('--admin-key <key>', "an operator's key of that server (default: ERIS_ADMIN_KEY)")
    .addOption(
      new Option('--mode <mode>', 'closed: next bid when the last is answered; open: at the rate, come what may')
        .choices(['closed', 'open'])
        .default('closed'),
    )
    .option('--rate <bids>', 'bids per second of an open load', '500')
    .option('--connections <count>', 'connections at most', '64')
    .option('--seconds <count>', 'how long', '10')
    .option('--warmup <count>', 'seconds before that whose latencies are not measured', '0')
    .option('--bulk <count>', 'bids per request; 1 uses the route for single bids', '1')
    .option('--markets <count>', "markets of the paper's testbed size", '4')
    .addOption(new Option('--prices <rule>', 'how those markets post prices').choices(PRICE_RULES).default('learning'))
    .option('--bidders <count>', 'organisations that bid', '8')
    .option('--slot-ms <ms>', "how often every market's clock moves by a slot; 0: never", '1000')
    .option('--seed <number>', 'which bids, and which arrivals', '1')
    .option('--json', 'nothing but one JSON object (eris-load/1) on standard output')
    .option('--html <file>', 'write a report with plots')
    .addHelpText('after', '\nExit codes: 0 every check holds, 1 one does not or something failed, 2 bad input, 130 interrupted.')
    .action(async (flags: LoadFlags) => {
      const options = optionsOf(flags);
      if (flags.url !== undefined && !URL.canParse(flags.url))
        throw new BadInput([`--url: ${flags.url} is not an address such as http://127.0.0.1:3000`]);
      const { load } = await import('./load/load.js');
      await load(terminal, options, { url: flags.url, adminKey: flags.adminKey, json: Boolean(flags.json), html: flags.html });
    });
}

const LIMITS = {
  rate: [1, 1_000_000],
  connections: [1, 10_000],
  seconds: [1, 86_400],
  warmup: [0, 3_600],
  bulk: [1, 1_000],
  markets: [1, 1_000],
  bidders: [1, 1_000],
  slotMs: [0, 3_600_000],
  seed: [0, 4_294_967_295],
} as const satisfies Partial<Record<keyof LoadFlags, readonly [number, number]>>;

function optionsOf(flags: LoadFlags): LoadOptions {
  const faults: string[] = [];
  const read = (name: keyof typeof LIMITS): number => {
    const [min, max] = LIMITS[name];
    const value = /^\d+$/.test(flags[name]) ? Number(flags[name]) : Number.NaN;
    if (!(value >= min && value <= max))
      faults.push(`--${name === 'slotMs' ? 'slot-ms' : name}: ${flags[name]} is not a whole number from ${min} to ${max}`);
    return value;
  };
  const options: LoadOptions = {
    mode: flags.mode,
    rate: read('rate'),
    connections: read('connections'),
    seconds: read('seconds'),
    warmup: read('warmup'),
    bulk: read('bulk'),
    markets: read('markets'),
    prices: flags.prices,
    bidders: read('bidders'),
    slotMs: read('slotMs'),
    seed: read('seed'),
    follow: true,
  };
  if (faults.length > 0) throw new BadInput(faults);
  return options;
}
