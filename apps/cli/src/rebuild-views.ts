import type { Command } from 'commander';
import { BadInput, type HostTerminal } from './terminal.js';

interface RebuildFlags {
  readonly market?: string;
  readonly databaseUrl?: string;
}

/** `eris rebuild-views`: makes what searches, series and past moments are read from anew, from the logs. */
export function registerRebuildViews(program: Command, terminal: HostTerminal): void {
  program
    .command('rebuild-views')
    .description('make what searches, series and past moments are read from anew, from the logs; the service may run meanwhile')
    .option('--market <id>', 'of one market; of all where it is not said')
    .option('--database-url <url>', 'the database; without it, that of DATABASE_URL, else the embedded one of ERIS_DATA_DIR')
    .addHelpText('after', '\nExample:\n  eris rebuild-views --market 1')
    .action(async ({ market, databaseUrl }: RebuildFlags) => {
      if (market !== undefined && !/^[1-9]\d{0,17}$/.test(market)) throw new BadInput([`--market: ${market} is no id of a market`]);
      const { readAddress } = await import('#postgres');
      const read = databaseUrl === undefined ? undefined : readAddress(databaseUrl);
      if (read?.kind === 'faults') throw new BadInput(read.faults.map((fault) => `--database-url: ${fault}`));
      const { rebuildViews } = await import('./views/rebuild.js');
      await rebuildViews(terminal, { marketId: market === undefined ? undefined : BigInt(market), databaseUrl });
    });
}
