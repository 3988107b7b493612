import type { Command } from 'commander';
import { type BodyOf, newIdempotencyKey } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { bidsOf } from '../input.js';
import { keeping, tellPlaced } from './bid.js';
import { offer } from './cancel.js';

interface ChangeFlags extends ClientFlags {
  readonly yes?: boolean;
  readonly quote?: string;
  readonly idempotencyKey?: string;
}

/** `eris allocation change`. */
export function registerChange(allocation: Command, terminal: HostTerminal): void {
  withServer(allocation.command('change'))
    .argument('<bid>', 'the id of an accepted bid')
    .argument('<file>', 'the bid that is to take its place, as JSON; - is standard input')
    .option('--yes', 'change it; without this, only what it would bring back is told')
    .option('--quote <id>', 'change it by this quote for cancelling, or not at all')
    .option('--idempotency-key <key>', 'what makes it the same change when it is sent again; made anew where nothing is said')
    .description('cancel an allocation and place a bid in one step: both are done, or neither')
    .addHelpText('after', '\nExamples:\n  $ eris allocation change 17 job.json\n  $ eris allocation change 17 job.json --yes --json')
    .action(serving(terminal, change));
}

async function change(client: Client, bidId: string, file: string): Promise<void> {
  const { yes = false, quote, idempotencyKey: key = newIdempotencyKey() } = client.flags as ChangeFlags;
  const rows = await bidsOf(file);
  const [row] = rows;
  if (!row || rows.length > 1) throw new BadInput([`${file}: one bid takes the place of an allocation; there are ${rows.length}`]);
  if (quote === undefined && !yes) return offer(client, bidId, (id) => `eris allocation change ${bidId} ${file} --quote ${id} changes it`);
  await keeping(client, key, async () => {
    const by = quote ?? (await client.eris.call('quoteCancellation', { params: { bidId } })).id;
    const body = { quote: by, bid: row.body } as BodyOf<'changeAllocation'>;
    tellPlaced(client, await client.eris.call('changeAllocation', { params: { bidId }, body, idempotencyKey: key }), true);
  });
}
