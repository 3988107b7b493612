import type { Command } from 'commander';
import type { AnswerOf, BodyOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withMarket } from '../client.js';
import { type Column, factsOf, tableOf } from '../text.js';
import { told } from './told.js';

type Window = ItemOf<'listWindows'>;
type Hit = AnswerOf<'previewWindow'>['hits'][number];

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
  { head: 'note', of: ({ note }) => note ?? '' },
];

const HITS: readonly Column<Hit>[] = [
  { head: 'bid', of: ({ bidId }) => bidId, isNumber: true },
  { head: 'organisation', of: ({ organisationId }) => organisationId, isNumber: true },
  { head: 'outcome', of: ({ outcome }) => outcome },
  { head: 'sold for', of: ({ promised }) => String(promised), isNumber: true },
  { head: 'done in', of: ({ completion }) => (completion === null ? '-' : String(completion)), isNumber: true },
  { head: 'comes back', of: ({ returned }) => returned, isNumber: true },
];

interface WindowFlags extends ClientFlags {
  readonly kind?: string;
  readonly site?: string;
  readonly bandwidth?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly note?: string;
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
    .action(serving(terminal, (client) => preview(client)));
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
}

const withWindow = (command: Command): Command =>
  withMarket(command)
    .option('--kind <kind>', 'outage or maintenance', 'outage')
    .option('--site <id>', 'of a site; without it, and without --bandwidth, of the whole market')
    .option('--bandwidth', 'of the bandwidth between sites')
    .option('--from <slot>', 'its first slot')
    .option('--to <slot>', 'the first slot after it')
    .option('--note <text>', 'what it is for');

/** A window as its flags say it. @throws BadInput where they contradict each other, or a slot is no number. */
function bodyOf(flags: ClientFlags): BodyOf<'openWindow'> {
  const { kind, site, bandwidth = false, from, to, note } = flags as WindowFlags;
  if (site !== undefined && bandwidth) throw new BadInput(['--bandwidth: a window is of a site or of the bandwidth, not of both']);
  const scope = site !== undefined ? 'site' : bandwidth ? 'bandwidth' : 'market';
  return {
    kind,
    scope,
    ...(site !== undefined && { siteId: site }),
    ...(from !== undefined && { from: slotOf('--from', from) }),
    ...(to !== undefined && { to: slotOf('--to', to) }),
    ...(note !== undefined && { note }),
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

async function preview(client: Client): Promise<void> {
  const { id: marketId } = await client.market();
  const would = await client.eris.call('previewWindow', { params: { marketId }, body: bodyOf(client.flags) });
  const facts: readonly (readonly [string, string])[] = [
    ['digest', would.digest],
    ['in slot', String(would.slot)],
    ['comes back', would.returned],
  ];
  client.tell(would, () => `${factsOf(client.screen, facts)}\n${tableOf(client.screen, HITS, would.hits)}`);
  client.note(`nothing was done; eris windows open … --digest ${would.digest} opens it if it does that`);
}
