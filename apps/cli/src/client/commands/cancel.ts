import type { Command } from 'commander';
import type { AnswerOf } from '#sdk';
import type { HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { type Column, factsOf, tableOf } from '../text.js';

type Quote = AnswerOf<'quoteCancellation'>;

const SLOTS: readonly Column<Quote['slots'][number]>[] = [
  { head: 'slot', of: ({ slot }) => String(slot), isNumber: true },
  { head: 'paid', of: ({ paid }) => paid, isNumber: true },
  { head: 'now', of: ({ price }) => price, isNumber: true },
  { head: 'kept', of: ({ keptShare }) => `${keptShare * 100} %`, isNumber: true },
  { head: 'comes back', of: ({ returned }) => returned, isNumber: true },
];

interface CancelFlags extends ClientFlags {
  readonly yes?: boolean;
  readonly quote?: string;
}

/** `eris allocation cancel`. */
export function registerCancel(allocation: Command, terminal: HostTerminal): void {
  withServer(allocation.command('cancel'))
    .argument('<bid>', 'the id of an accepted bid')
    .option('--yes', 'cancel it; without this, only what it would bring back is told')
    .option('--quote <id>', 'cancel it by this quote, or not at all')
    .description('give back what of an allocation has not begun')
    .addHelpText('after', '\nExamples:\n  $ eris allocation cancel 17\n  $ eris allocation cancel 17 --yes --json')
    .action(
      serving(terminal, async (client, bidId: string) => {
        const { yes = false, quote } = client.flags as CancelFlags;
        if (quote === undefined && !yes) return offer(client, bidId, (id) => `eris allocation cancel ${bidId} --quote ${id} cancels it`);
        const id = quote ?? (await client.eris.call('quoteCancellation', { params: { bidId } })).id;
        const done = await client.eris.call('cancelAllocation', { params: { bidId }, body: { quote: id } });
        client.tell(done, () => factsOf(client.screen, [['cancelled', done.bidId], ...moneyOf(done)]));
      }),
    );
}

/** Tells what cancelling would bring back. @param next what to do by that quote. */
export async function offer(client: Client, bidId: string, next: (quoteId: string) => string): Promise<void> {
  const quote = await client.eris.call('quoteCancellation', { params: { bidId } });
  const facts = factsOf(client.screen, [['quote', quote.id], ['until', quote.expiresAt], ...moneyOf(quote)]);
  client.tell(quote, () => `${facts}\n${tableOf(client.screen, SLOTS, quote.slots)}`);
  client.note(`nothing was done; ${next(quote.id)}`);
}

const moneyOf = ({ slot, returned, kept, free }: Pick<Quote, 'slot' | 'returned' | 'kept' | 'free'>): (readonly [string, string])[] => [
  ['in slot', String(slot)],
  ['comes back', returned],
  ['is kept', free ? `${kept} (free, as it was made late)` : kept],
];
