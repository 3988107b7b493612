import type { Command } from 'commander';
import type { BodyOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { type Column, tableOf } from '../text.js';
import { organisationOf } from './tenancy.js';
import { told } from './told.js';

type Budget = ItemOf<'listBudgets'>;

const COLUMNS: readonly Column<Budget>[] = [
  { head: 'name', of: ({ name }) => name },
  { head: 'counts', of: ({ scope, keyId, label }) => (scope === 'organisation' ? 'everything' : `${scope} ${keyId ?? label ?? ''}`) },
  { head: 'per', of: ({ per }) => per },
  { head: 'amount', of: ({ amount }) => amount, isNumber: true },
  { head: 'period', of: ({ periods: [latest] }) => latest?.period ?? '' },
  { head: 'spent', of: ({ periods: [latest] }) => latest?.spent ?? '0', isNumber: true },
  { head: 'reserved', of: ({ periods: [latest] }) => latest?.reserved ?? '0', isNumber: true },
  { head: 'left', of: ({ amount, periods: [latest] }) => latest?.left ?? amount, isNumber: true },
];

interface BudgetFlags extends ClientFlags {
  readonly organisation?: string;
  readonly amount?: string;
  readonly per?: string;
  readonly key?: string;
  readonly label?: string;
}

/** `eris budgets`. */
export function registerBudgets(program: Command, terminal: HostTerminal): void {
  const budgets = withOwner(program.command('budgets'))
    .description('list what an organisation, its keys and its labels may spend')
    .addHelpText('after', '\nExamples:\n  $ eris budgets\n  $ eris budgets set team --per month --amount 500\n  $ eris budgets end team')
    .action(serving(terminal, (client) => list(client)));
  withOwner(budgets.command('set'))
    .argument('<name>', 'of the budget')
    .requiredOption('--amount <credits>', 'what may be spent')
    .option('--per <time>', 'day, month or all', 'month')
    .option('--key <id>', 'count only bids that are placed with this key')
    .option('--label <label>', 'count only bids with this label')
    .description('make a budget, or set the amount of one that there is')
    .action(serving(terminal, (client, name: string) => set(client, name)));
  withOwner(budgets.command('end'))
    .argument('<name>', 'of the budget')
    .description('end a budget')
    .action(
      serving(terminal, async (client, name: string) => {
        await client.eris.call('deleteBudget', { params: { organisationId: await ownerOf(client), name } });
        client.tell({ name, ended: true }, () => `budget ${name} has ended\n`);
      }),
    );
}

const withOwner = (command: Command): Command =>
  withServer(command).option('--organisation <id or name>', 'whose; your own where nothing is said');

async function ownerOf(client: Client): Promise<string> {
  const { organisation } = client.flags as BudgetFlags;
  return organisation === undefined ? (await client.eris.call('whoami')).organisation.id : organisationOf(client, organisation);
}

async function list(client: Client): Promise<void> {
  const items = await client.eris.all('listBudgets', { params: { organisationId: await ownerOf(client) } });
  client.tell({ items, nextCursor: null }, () => tableOf(client.screen, COLUMNS, items));
}

async function set(client: Client, name: string): Promise<void> {
  const { amount, per, key, label } = client.flags as BudgetFlags;
  if (key !== undefined && label !== undefined)
    throw new BadInput(['--label: a budget counts a key or a label, not both; name one of them']);
  const scope = key !== undefined ? 'key' : label !== undefined ? 'label' : 'organisation';
  const body = {
    scope,
    amount,
    per,
    ...(key !== undefined && { keyId: key }),
    ...(label !== undefined && { label }),
  } as BodyOf<'setBudget'>;
  told(client, await client.eris.call('setBudget', { params: { organisationId: await ownerOf(client), name }, body }));
}
