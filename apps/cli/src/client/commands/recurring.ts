import type { Command } from 'commander';
import type { BodyOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withMarket } from '../client.js';
import { type Column, tableOf } from '../text.js';
import { told } from './told.js';
import { type PlaceFlags, placeOf, tellPreview, withPlace } from './window-parts.js';

type Recurring = ItemOf<'listRecurring'>;

const COLUMNS: readonly Column<Recurring>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'rule', of: ({ rule }) => rule },
  { head: 'from', of: ({ start, timeZone }) => `${start} ${timeZone}` },
  { head: 'minutes', of: ({ minutes }) => String(minutes), isNumber: true },
  { head: 'of', of: ({ scope, siteId }) => (siteId === null ? scope : `site ${siteId}`) },
  { head: 'state', of: ({ state }) => state },
  { head: 'next', of: ({ occurrences }) => nextOf(occurrences) },
  { head: 'note', of: ({ note }) => note ?? '' },
];

/** The first occurrence that is not taken out, with its slots. */
function nextOf(occurrences: Recurring['occurrences']): string {
  const next = occurrences.find(({ state }) => state !== 'skipped' && state !== 'closed');
  return next ? `${next.occurs} (slots ${next.from} to ${next.to - 1}, ${next.state})` : '';
}

interface RecurringFlags extends PlaceFlags {
  readonly rule?: string;
  readonly start?: string;
  readonly zone?: string;
  readonly minutes?: string;
  readonly digest?: string;
}

/** `eris windows recurring`. */
export function registerRecurring(windows: Command, terminal: HostTerminal): void {
  const recurring = withMarket(windows.command('recurring'))
    .description('list maintenance that comes again and again, and when it comes next')
    .addHelpText(
      'after',
      "\nExamples:\n  $ eris windows recurring\n  $ eris windows recurring preview --site 3 --rule 'FREQ=WEEKLY;BYDAY=TU' --start 2027-01-05T02:00 --zone Europe/Berlin --minutes 120\n  $ eris windows recurring skip 5 2027-01-12T01:00:00.000Z\n  $ eris windows recurring end 5",
    )
    .action(serving(terminal, (client) => list(client)));
  withRule(recurring.command('preview'))
    .description('when it would be, and whom its occurrences near at hand would hit; changes nothing')
    .action(
      serving(terminal, async (client) => {
        const { id: marketId } = await client.market();
        const would = await client.eris.call('previewRecurring', { params: { marketId }, body: bodyOf(client.flags) });
        tellPreview(client, would, 'recurring make');
      }),
    );
  withRule(recurring.command('make'))
    .option('--digest <digest>', 'of a preview: make it if it does that, or not at all')
    .description('make recurring maintenance')
    .action(
      serving(terminal, async (client) => {
        const { digest } = client.flags as RecurringFlags;
        const { id: marketId } = await client.market();
        const headers = digest === undefined ? {} : { headers: { 'If-Match': digest } };
        told(client, await client.eris.call('recur', { params: { marketId }, body: bodyOf(client.flags), ...headers }));
      }),
    );
  registerEnds(recurring, terminal);
}

function registerEnds(recurring: Command, terminal: HostTerminal): void {
  withMarket(recurring.command('skip'))
    .argument('<id>', 'of the recurring maintenance')
    .argument('<occurrence>', 'when it occurs, as the list and the preview tell it')
    .description('take one occurrence out')
    .action(
      serving(terminal, async (client, recurringId: string, occurrence: string) => {
        const { id: marketId } = await client.market();
        await client.eris.call('skipOccurrence', { params: { marketId, recurringId }, body: { occurrence } });
        client.tell({ id: recurringId, skipped: occurrence }, () => `${occurrence} is taken out of ${recurringId}\n`);
      }),
    );
  withMarket(recurring.command('end'))
    .argument('<id>', 'of the recurring maintenance')
    .description('end it: windows that have not begun are closed')
    .action(
      serving(terminal, async (client, recurringId: string) => {
        const { id: marketId } = await client.market();
        await client.eris.call('endRecurring', { params: { marketId, recurringId } });
        client.tell({ id: recurringId, ended: true }, () => `recurring maintenance ${recurringId} has ended\n`);
      }),
    );
}

const withRule = (command: Command): Command =>
  withPlace(command)
    .requiredOption('--rule <rule>', 'when it recurs, as in calendars (RFC 5545): FREQ=WEEKLY;BYDAY=TU')
    .requiredOption('--start <time>', 'from which time of day on which date on: 2027-01-05T02:00')
    .option('--zone <name>', 'the time zone of that', 'UTC')
    .requiredOption('--minutes <minutes>', 'how long it lasts each time');

/** Recurring maintenance as its flags say it. @throws BadInput where they contradict each other, or the minutes are no number. */
function bodyOf(flags: ClientFlags): BodyOf<'recur'> {
  const { rule, start, zone, minutes = '' } = flags as RecurringFlags;
  if (!/^\d{1,5}$/.test(minutes)) throw new BadInput([`--minutes: ${minutes} is no length: whole minutes, at least 1`]);
  return { rule, start, timeZone: zone, minutes: Number(minutes), ...placeOf(flags) } as BodyOf<'recur'>;
}

async function list(client: Client): Promise<void> {
  const { id: marketId } = await client.market();
  const items = await client.eris.all('listRecurring', { params: { marketId } });
  client.tell({ items, nextCursor: null }, () => tableOf(client.screen, COLUMNS, items));
}
