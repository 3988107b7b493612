import type { Command } from 'commander';
import type { ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { type Column, factsOf, tableOf } from '../text.js';

type Account = ItemOf<'listAccounts'>;

const ACCOUNTS: readonly Column<Account>[] = [
  { head: 'account', of: ({ id }) => id, isNumber: true },
  { head: 'organisation', of: ({ organisation }) => organisation },
  { head: 'available', of: ({ balance }) => balance.available, isNumber: true },
  { head: 'held', of: ({ balance }) => balance.held, isNumber: true },
  { head: 'revenue', of: ({ revenue }) => revenue, isNumber: true },
];

interface AccountFlags extends ClientFlags {
  readonly account?: string;
  readonly idempotencyKey?: string;
}

/** `eris wallet`, `eris statement`, `eris deposit`. */
export function registerMoney(program: Command, terminal: HostTerminal): void {
  withServer(program.command('wallet'))
    .description('what there is in your account, and in those of the organisations that you made')
    .addHelpText('after', '\nExample:\n  $ eris wallet')
    .action(
      serving(terminal, async (client) => {
        const items = await client.eris.all('listAccounts');
        client.tell({ items, nextCursor: null }, () => tableOf(client.screen, ACCOUNTS, items));
      }),
    );
  withServer(program.command('statement'))
    .option('--account <id>', 'of which account; not needed where there is one only')
    .option('--month <month>', 'of that month (universal time), such as 2026-11, with what there was before and after it')
    .option('--csv', 'as CSV, for spreadsheets')
    .description('the entries of an account, oldest first')
    .addHelpText('after', '\nExamples:\n  $ eris statement\n  $ eris statement --account 3 --month 2026-11 --csv > november.csv')
    .action(
      serving(terminal, async (client) =>
        (await import('./statement.js')).tellStatement(client, () => accountOf(client, (client.flags as AccountFlags).account)),
      ),
    );
  withServer(program.command('deposit'))
    .argument('<account>', 'the id of an account, or the name of its organisation')
    .argument('<amount>', 'credits')
    .option('--idempotency-key <key>', 'what makes it the same deposit when it is sent again')
    .description('put credits into an account')
    .addHelpText('after', '\nExample:\n  $ eris deposit acme 1000')
    .action(
      serving(terminal, async (client, account: string, amount: string) => {
        const { id } = await accountOf(client, account);
        const { idempotencyKey } = client.flags as AccountFlags;
        const answer = await client.eris.call('deposit', {
          params: { accountId: id },
          body: { amount },
          ...(idempotencyKey !== undefined && { idempotencyKey }),
        });
        client.tell(answer, () =>
          factsOf(client.screen, [
            ['account', answer.id],
            ['available', answer.balance.available],
            ['held', answer.balance.held],
          ]),
        );
      }),
    );
}

/** An account by its id or its organisation's name; the only one where none is named. @throws BadInput where that is open. */
async function accountOf({ eris }: Client, wanted: string | undefined): Promise<Account> {
  const accounts = await eris.all('listAccounts');
  const found = wanted === undefined ? accounts : accounts.filter(({ id, organisation }) => id === wanted || organisation === wanted);
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = accounts.map(({ id, organisation }) => `${id} (${organisation})`).join(', ');
  throw new BadInput([
    wanted === undefined ? `--account: which one? There are ${names}` : `there is no account ${wanted}; there are ${names}`,
  ]);
}
