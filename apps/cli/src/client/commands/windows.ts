import type { Command } from 'commander';
import type { AnswerOf, BodyOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withMarket } from '../client.js';
import { type Column, tableOf } from '../text.js';
import { registerRecurring } from './recurring.js';
import { told } from './told.js';
import { type PlaceFlags, placeOf, tellPreview, withPlace } from './window-parts.js';

type Window = ItemOf<'listWindows'>;

const WINDOWS: readonly Column<Window>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'kind', of: ({ kind }) => kind },
  { head: 'of', of: ({ scope, siteId }) => (siteId === null ? scope : `site ${siteId}`) },
  { head: 'slots', of: ({ from, to }) => (to === null ? `${from} on` : `${from} to ${to - 1}`) },
  { head: 'state', of: ({ state, settled }) => (settled ? state : `${state}, being settled`) },
  { head: 'repaired', of: ({ hits }) => String(hits.repaired), isNumber: true },
  { head: 'left', of: ({ hits }) => String(hits.left), isNumber: true },
  { head: 'failed', of: ({ hits }) => String(hits.failed), isNumber: true },
  { head: 'came back', of: ({ returned }) => returned, isNumber: true },
  { head: 'recurs', of: ({ recurringId }) => recurringId ?? '', isNumber: true },
  { head: 'note', of: ({ note }) => note ?? '' },
];

interface WindowFlags extends PlaceFlags {
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly digest?: string;
}

/** `eris windows`. */
export function registerWindows(program: Command, terminal: HostTerminal): void {
  const windows = withMarket(program.command('windows'))
    .description('list what is off sale in a market, and what became of those whom that hit')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris windows\n  $ eris windows preview --kind maintenance --site 3 --from 40 --to 44\n  $ eris windows open --site 3\n  $ eris windows close 5',
    )
    .action(serving(terminal, (client) => list(client)));
  withWindow(windows.command('preview'))
    .description('what a window would do; changes nothing')
    .action(
      serving(terminal, async (client) => {
        const { id: marketId } = await client.market();
        tellPreview(client, await client.eris.call('previewWindow', { params: { marketId }, body: bodyOf(client.flags) }), 'open');
      }),
    );
  withWindow(windows.command('open'))
    .option('--digest <digest>', 'of a preview: open it if it does that, or not at all')
    .description('take capacity off sale; without --from from now on, without --to for good')
    .action(
      serving(terminal, async (client) => {
        const { digest } = client.flags as WindowFlags;
        const { id: marketId } = await client.market();
        const headers = digest === undefined ? {} : { headers: { 'If-Match': digest } };
        told(client, await client.eris.call('openWindow', { params: { marketId }, body: bodyOf(client.flags), ...headers }));
      }),
    );
  withMarket(windows.command('close'))
    .argument('<id>', 'of the window')
    .description('put on sale again what a window has taken off, but for what was taken from those who had it')
    .action(
      serving(terminal, async (client, windowId: string) => {
        const { id: marketId } = await client.market();
        await client.eris.call('closeWindow', { params: { marketId, windowId } });
        client.tell({ id: windowId, closed: true }, () => `window ${windowId} is closed\n`);
      }),
    );
  withMarket(windows.command('incidents'))
    .description('what failed of each site in the last seven days')
    .action(serving(terminal, (client) => incidents(client)));
  registerRecurring(windows, terminal);
}

const withWindow = (command: Command): Command =>
  withPlace(command)
    .option('--kind <kind>', 'outage or maintenance', 'outage')
    .option('--from <slot>', 'its first slot')
    .option('--to <slot>', 'the first slot after it');

/** A window as its flags say it. @throws BadInput where they contradict each other, or a slot is no number. */
function bodyOf(flags: ClientFlags): BodyOf<'openWindow'> {
  const { kind, from, to } = flags as WindowFlags;
  return {
    kind,
    ...placeOf(flags),
    ...(from !== undefined && { from: slotOf('--from', from) }),
    ...(to !== undefined && { to: slotOf('--to', to) }),
  } as BodyOf<'openWindow'>;
}

function slotOf(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new BadInput([`${flag}: ${text} is no slot: a whole number from 0 on`]);
  return Number(text);
}

async function list(client: Client): Promise<void> {
  const { id: marketId } = await client.market();
  const items = await client.eris.all('listWindows', { params: { marketId } });
  client.tell({ items, nextCursor: null }, () => tableOf(client.screen, WINDOWS, items));
}

async function incidents(client: Client): Promise<void> {
  const { id: marketId } = await client.market();
  const told = await client.eris.call('listIncidents', { params: { marketId } });
  client.tell(told, () => tableOf(client.screen, incidentColumns(told.sites), told.sites));
}

type Strip = AnswerOf<'listIncidents'>['sites'][number];

/** Slots that failed, day by day, and what came back for it. */
const incidentColumns = ([first]: readonly Strip[]): readonly Column<Strip>[] => [
  { head: 'site', of: ({ siteId }) => siteId, isNumber: true },
  ...(first?.days ?? []).map(({ day }, index): Column<Strip> => ({
    head: day,
    of: ({ days }) => String(days[index]?.slots ?? 0),
    isNumber: true,
  })),
  { head: 'outages', of: ({ outages }) => outages.map(({ id, cause, returned }) => `${id} ${cause} (${returned} came back)`).join(', ') },
];
