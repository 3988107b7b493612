import type { Command } from 'commander';
import type { AnswerOf } from '#sdk';
import type { HostTerminal } from '../../terminal.js';
import { serving, withServer } from '../client.js';
import { type Column, factsOf, tableOf } from '../text.js';

type Payment = AnswerOf<'explainPayment'>;

const LINES: readonly Column<Payment['lines'][number]>[] = [
  { head: 'slot', of: ({ slot }) => String(slot), isNumber: true },
  { head: 'site', of: ({ siteId }) => siteId ?? 'between sites' },
  { head: 'resource', of: ({ resource }) => resource },
  { head: 'quantity', of: ({ quantity }) => quantity, isNumber: true },
  { head: 'a unit costs', of: ({ unitPrice }) => unitPrice, isNumber: true },
  { head: 'that is', of: ({ formula }) => formula },
  { head: 'amount', of: ({ amount }) => amount, isNumber: true },
];

/** `eris allocation prices`: why an allocation costs what it does. */
export function registerWhyPrice(allocation: Command, terminal: HostTerminal): void {
  withServer(allocation.command('prices'))
    .argument('<bid>', 'the id of an accepted bid')
    .description('why each line of its payment costs what it does: the rule, with what was sold and what there was before the bid')
    .addHelpText('after', '\nExample:\n  $ eris allocation prices 17')
    .action(
      serving(terminal, async (client, bidId: string) => {
        const payment = await client.eris.call('explainPayment', { params: { bidId } });
        client.tell(payment, () => {
          const { priceVersion, at, postedBy, lines } = payment;
          const facts: [string, string][] = [
            ['prices of', `entry ${priceVersion}, ${at}`],
            ['posted by', `entry ${postedBy.sequence}: ${postedBy.kind} ${JSON.stringify(postedBy.payload)}`],
          ];
          return `${factsOf(client.screen, facts)}\n${tableOf(client.screen, LINES, lines)}`;
        });
      }),
    );
}
