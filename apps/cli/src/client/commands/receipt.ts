import type { Command } from 'commander';
import { hashOfReceipt } from '#sdk';
import type { HostTerminal } from '../../terminal.js';
import { serving, withServer } from '../client.js';
import { CLIENT_EXIT } from '../exit-codes.js';
import { factsOf } from '../text.js';

/** `eris receipt`. */
export function registerReceipt(program: Command, terminal: HostTerminal): void {
  withServer(program.command('receipt'))
    .argument('<bid>', 'the id of a bid')
    .description('the receipt of a bid, and whether all that was written with it is as it was; ends with 1 where it is not')
    .addHelpText('after', '\nExample:\n  $ eris receipt 17')
    .action(
      serving(terminal, async (client, bidId: string) => {
        const answer = await client.eris.call('readReceipt', { params: { bidId } });
        const { receipt, findings } = answer;
        const isSealed = receipt === null || (await hashOfReceipt(receipt)) === receipt.hash;
        client.tell(answer, () => {
          if (receipt === null) return `bid ${bidId} has no receipt yet: it is written some seconds after the decision\n`;
          const wrong = [
            ...findings.map(({ table, key, detail }) => `${table} (${key}): ${detail}`),
            ...(isSealed ? [] : ['the hash is not that of the receipt']),
          ];
          const checked = wrong.length === 0 ? 'all that was written with it is as it was' : wrong.join('; ');
          return factsOf(client.screen, [...Object.entries(receipt), ['checked', checked]]);
        });
        if (!isSealed || findings.length > 0) process.exitCode = CLIENT_EXIT.failed;
      }),
    );
}
