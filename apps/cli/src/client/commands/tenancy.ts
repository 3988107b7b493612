import type { Command } from 'commander';
import type { BodyOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal, readText } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { type Column, tableOf } from '../text.js';
import { told } from './told.js';

type Key = ItemOf<'listKeys'>;
type Organisation = ItemOf<'listOrganisations'>;

const KEYS: readonly Column<Key>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'organisation', of: ({ organisationId }) => organisationId, isNumber: true },
  { head: 'role', of: ({ role }) => role },
  { head: 'label', of: ({ label }) => label ?? '' },
  { head: 'scopes', of: ({ scopes }) => scopes.join(', ') },
  { head: 'begins', of: ({ prefix }) => prefix },
  { head: 'last used', of: ({ lastUsedAt }) => lastUsedAt ?? 'never' },
  { head: 'state', of: ({ revokedAt }) => (revokedAt === null ? 'valid' : `revoked ${revokedAt}`) },
];

const ORGANISATIONS: readonly Column<Organisation>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'name', of: ({ name }) => name },
  { head: 'account', of: ({ accountId }) => accountId, isNumber: true },
  { head: 'made by', of: ({ parentId }) => parentId ?? '', isNumber: true },
  { head: 'since', of: ({ createdAt }) => createdAt },
];

interface KeyFlags extends ClientFlags {
  readonly role?: string;
  readonly label?: string;
  readonly scopes?: string;
  readonly site?: string;
}

/** `eris keys`, `eris organisations`. */
export function registerTenancy(program: Command, terminal: HostTerminal): void {
  const keys = withServer(program.command('keys'))
    .description('list the keys that you may see')
    .addHelpText('after', '\nExamples:\n  $ eris keys\n  $ eris keys create acme --role bidder --label night-batch')
    .action(serving(terminal, (client) => list(client, 'listKeys', KEYS)));
  withServer(keys.command('create'))
    .argument('<organisation>', 'the id or the name of an organisation')
    .requiredOption('--role <role>', 'operator, bidder, auditor or agent')
    .option('--label <label>', 'what it is for')
    .option('--site <id>', 'of an agent: the site that it speaks for')
    .option('--scopes <list>', 'what of its role it may do: bids:write,markets:read; all of it where nothing is said')
    .description('make a key; it is shown once')
    .action(
      serving(terminal, async (client, organisation: string) => {
        const { role, label, scopes, site } = client.flags as KeyFlags;
        const params = { organisationId: await organisationOf(client, organisation) };
        const body = {
          role,
          ...(label !== undefined && { label }),
          ...(site !== undefined && { siteId: site }),
          ...(scopes !== undefined && { scopes: scopes.split(',') }),
        } as BodyOf<'createKey'>;
        told(client, await client.eris.call('createKey', { params, body }));
      }),
    );
  withServer(keys.command('revoke'))
    .argument('<id>', 'the id of a key; - revokes the key whose text is on standard input')
    .description('end a key, within five seconds and everywhere')
    .action(serving(terminal, (client, id: string) => revoke(client, id)));
  const organisations = withServer(program.command('organisations'))
    .description('list your organisation and those that it made')
    .addHelpText('after', '\nExamples:\n  $ eris organisations\n  $ eris organisations create acme')
    .action(serving(terminal, (client) => list(client, 'listOrganisations', ORGANISATIONS)));
  withServer(organisations.command('create'))
    .argument('<name>', 'of the new organisation')
    .description('make an organisation that belongs to yours')
    .action(
      serving(terminal, async (client, name: string) => told(client, await client.eris.call('createOrganisation', { body: { name } }))),
    );
}

async function list<Id extends 'listKeys' | 'listOrganisations'>(
  client: Client,
  id: Id,
  columns: readonly Column<ItemOf<Id>>[],
): Promise<void> {
  const items = (await client.eris.all<'listKeys' | 'listOrganisations'>(id)) as ItemOf<Id>[];
  client.tell({ items, nextCursor: null }, () => tableOf(client.screen, columns, items));
}

async function revoke(client: Client, id: string): Promise<void> {
  if (id === '-') {
    told(client, await client.eris.call('revokeKeyByText', { body: { key: (await readText('-')).trim() } }));
    return;
  }
  await client.eris.call('revokeKey', { params: { keyId: id } });
  client.tell({ id, revoked: true }, () => `key ${id} is revoked\n`);
}

/** The id of an organisation by its id or its name. @throws BadInput where there is none. */
export async function organisationOf({ eris }: Client, wanted: string): Promise<string> {
  const all = await eris.all('listOrganisations');
  const found = all.find(({ id, name }) => id === wanted || name === wanted);
  if (!found)
    throw new BadInput([`there is no organisation ${wanted}; there are ${all.map(({ id, name }) => `${id} (${name})`).join(', ')}`]);
  return found.id;
}
