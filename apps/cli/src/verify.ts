import type { Command } from 'commander';
import { BadInput, type HostTerminal } from './terminal.js';

interface VerifyFlags {
  readonly market: string;
  readonly databaseUrl?: string;
  readonly json?: boolean;
}

/** `eris verify`: decides a market again from its log and compares every row. */
export function registerVerify(program: Command, terminal: HostTerminal): void {
  program
    .command('verify')
    .description('decide a market again from its log, and hold every decision, payment, entry and receipt against what is stored')
    .requiredOption('--market <id>', 'which market')
    .option(
      '--database-url <url>',
      'the database; without it, that of DATABASE_URL, else the embedded one of ERIS_DATA_DIR. Nothing is written',
    )
    .option('--json', 'nothing but one JSON object on standard output')
    .addHelpText('after', '\nExit codes: 0 all holds, 1 something differs (the first row that does is named) or failed, 2 bad input.')
    .action(async (flags: VerifyFlags) => {
      if (!/^[1-9]\d{0,17}$/.test(flags.market)) throw new BadInput([`--market: ${flags.market} is no id of a market`]);
      const { readAddress } = await import('#postgres');
      const read = flags.databaseUrl === undefined ? undefined : readAddress(flags.databaseUrl);
      if (read?.kind === 'faults') throw new BadInput(read.faults.map((fault) => `--database-url: ${fault}`));
      const { verify } = await import('./verify/verify.js');
      await verify(terminal, { marketId: BigInt(flags.market), databaseUrl: flags.databaseUrl, json: Boolean(flags.json) });
    });
}
