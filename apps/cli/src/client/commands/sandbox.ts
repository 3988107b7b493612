import { access, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type BodyOf, Eris } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { profileFile, writeProfile } from '../profile.js';
import { shown } from '../text.js';

interface SandboxFlags extends ClientFlags {
  readonly name?: string;
  readonly file?: string;
}

const RESOURCES = ['gpu', 'cpu', 'memoryGB'];
const CREDITS = '1000';

const marketBody = (name: string): BodyOf<'createMarket'> => ({
  name,
  clock: 'manual',
  slotMinutes: 20,
  horizonSlots: 48,
  chunkMB: 2,
  bandwidthMB: 20_480,
  resources: RESOURCES,
  prices: { kind: 'paper', gamma: Object.fromEntries(['bandwidth', ...RESOURCES].map((each) => [each, 1000])), unit: '1', reserve: '0.1' },
});

/** `eris sandbox`: a market to try things in. */
export function registerSandbox(program: Command, terminal: HostTerminal): void {
  withServer(program.command('sandbox'))
    .option('--name <name>', 'of the market; one that is not taken', 'sandbox')
    .option('--file <file>', 'where the example of a bid goes', 'job.json')
    .description(
      'as an operator: open a market with three sites and a bidder with 1000 credits, write an example of a bid, and go on as that bidder',
    )
    .addHelpText('after', '\nExample:\n  $ eris login --key-file .eris/admin-key && eris sandbox && eris bid job.json --wait')
    .action(serving(terminal, (client) => open(client)));
}

async function open(client: Client): Promise<void> {
  const { name = 'sandbox', file = 'job.json' } = client.flags as SandboxFlags;
  if (await exists(file)) throw new BadInput([`--file: ${file} is there already; name another one`]);
  const { eris, profile } = client;
  const market = await eris.call('createMarket', { body: marketBody(name) });
  const params = { marketId: market.id };
  const sites: string[] = [];
  for (const number of [1, 2, 3]) {
    const site = await eris.call('addSite', { params, body: { name: `site-${number}`, capacity: { gpu: 4, cpu: 24, memoryGB: 64 } } });
    sites.push(site.id);
  }
  const bidder = await eris.call('createOrganisation', { body: { name: `${name}-bidder` } });
  await eris.call('deposit', { params: { accountId: bidder.accountId }, body: { amount: CREDITS } });
  const { key } = await eris.call('createKey', {
    params: { organisationId: bidder.id },
    body: { role: 'bidder', label: 'sandbox' },
  });
  await writeFile(file, `${JSON.stringify(jobAt(sites), undefined, 2)}\n`, { flag: 'wx' });
  await writeProfile(profileFile(client.terminal.env), { url: profile.url, key, market: market.id });
  const wallet = await new Eris({ url: profile.url, key }).call('listAccounts');
  client.tell(
    { marketId: market.id, siteIds: sites, organisationId: bidder.id, accountId: wallet.items[0]?.id ?? bidder.accountId, file },
    () =>
      [
        `market ${market.id} (${shown(name)}) is open: sites ${sites.join(', ')} with 4 GPUs each, 48 slots of 20 minutes`,
        `logged in as ${shown(bidder.name)}, a bidder with ${CREDITS} credits; as the operator again: eris login --key-file .eris/admin-key`,
        `an example of a bid is in ${file}: eris quote ${file}, then eris bid ${file} --wait`,
        '',
      ].join('\n'),
  );
}

/** Trains on the data of two sites. */
const jobAt = ([one = '', two = '']: readonly string[]): object => ({
  label: 'my first job',
  valuation: { kind: 'deadline', value: 60, deadline: 24 },
  chunks: { [one]: 12, [two]: 6 },
  epochs: 10,
  throughput: 24,
  parameterMB: 97.4,
  worker: { gpu: 1, cpu: 2, memoryGB: 4 },
  ps: { cpu: 1, memoryGB: 2 },
});

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
