import type { Command } from 'commander';
import type { BodyOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, serving, withMarket, withServer } from '../client.js';
import { jsonOf } from '../input.js';
import { type Column, tableOf } from '../text.js';
import { registerPriceRule } from './price-rule.js';
import { told } from './told.js';

type Market = ItemOf<'listMarkets'>;
type Site = ItemOf<'listSites'>;

const MARKETS: readonly Column<Market>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'name', of: ({ name }) => name },
  { head: 'status', of: ({ status }) => status },
  { head: 'clock', of: ({ clock }) => clock },
  { head: 'slot', of: ({ slot }) => String(slot), isNumber: true },
  { head: 'on sale', of: ({ slot, horizonSlots }) => `${slot}–${slot + horizonSlots - 1}` },
  { head: 'slot of', of: ({ slotMinutes }) => `${slotMinutes} min`, isNumber: true },
  { head: 'resources', of: ({ resources }) => resources.join(', ') },
];

const SITES: readonly Column<Site>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'name', of: ({ name }) => name },
  {
    head: 'capacity',
    of: ({ capacity }) =>
      Object.entries(capacity)
        .map(([name, units]) => `${name} ${units}`)
        .join(', '),
  },
  { head: 'at', of: ({ location }) => (location ? `${location.latitude}, ${location.longitude}` : '') },
];

/** `eris markets`, `eris sites`, `eris clock`. */
export function registerMarkets(program: Command, terminal: HostTerminal): void {
  const markets = withServer(program.command('markets'))
    .description('list the markets that you are a member of')
    .addHelpText('after', '\nExamples:\n  $ eris markets\n  $ eris markets --json')
    .action(serving(terminal, async (client) => list(client, 'listMarkets', MARKETS)));
  withMarket(markets.command('show')).description('tell all of a market').action(serving(terminal, show));
  withServer(markets.command('create'))
    .argument('<file>', 'JSON as POST /v1/markets takes it; - is standard input')
    .description('open a market')
    .action(
      serving(terminal, async (client, file: string) =>
        told(client, await client.eris.call('createMarket', { body: (await jsonOf(file)) as BodyOf<'createMarket'> })),
      ),
    );
  for (const [verb, status] of [
    ['pause', 'paused'],
    ['resume', 'open'],
    ['close', 'closed'],
  ] as const)
    withMarket(markets.command(verb))
      .description(verb === 'close' ? 'close a market, for good' : `${verb} a market`)
      .action(
        serving(terminal, async (client) =>
          told(client, await client.eris.call('changeMarket', { params: { marketId: (await client.market()).id }, body: { status } })),
        ),
      );
  withMarket(markets.command('oracle'))
    .argument('<version>', 'as the market is to decide by from now on')
    .description('change the version of the oracle that decides')
    .action(
      serving(terminal, async (client, oracle: string) =>
        told(client, await client.eris.call('changeMarket', { params: { marketId: (await client.market()).id }, body: { oracle } })),
      ),
    );
  withMarket(markets.command('heartbeats'))
    .argument('<seconds>', 'how often agents of sites are to say that they are there')
    .requiredOption('--missed <count>', 'after so many that are missed a site is taken off sale')
    .description('change how heartbeats of sites are counted')
    .action(
      serving(terminal, async (client, seconds: string) => {
        const { missed } = client.flags as { missed?: string };
        const heartbeats = { everySeconds: wholeOf('seconds', seconds), missedMax: wholeOf('--missed', missed ?? '') };
        told(client, await client.eris.call('changeMarket', { params: { marketId: (await client.market()).id }, body: { heartbeats } }));
      }),
    );
  registerPriceRule(markets, terminal);
  registerSites(program, terminal);
  registerClock(program, terminal);
}

function wholeOf(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new BadInput([`${name}: ${text} is no whole number from 1 on`]);
  return Number(text);
}

function registerSites(program: Command, terminal: HostTerminal): void {
  const sites = withMarket(program.command('sites'))
    .description('list the sites of a market')
    .addHelpText('after', '\nExample:\n  $ eris sites')
    .action(
      serving(terminal, async (client) => {
        const items = await client.eris.all('listSites', { params: { marketId: (await client.market()).id } });
        client.tell({ items, nextCursor: null }, () => tableOf(client.screen, SITES, items));
      }),
    );
  withMarket(sites.command('add'))
    .argument('<name>', 'of the new site')
    .requiredOption('--capacity <list>', 'units by resource: gpu=4,cpu=24')
    .option('--at <latitude,longitude>', 'where it is')
    .description('add a site')
    .action(
      serving(terminal, async (client, name: string) => {
        const { capacity, at } = client.flags as { capacity?: string; at?: string };
        const location = at === undefined ? undefined : placeOf(at);
        const body = { name, capacity: unitsOf(capacity ?? ''), ...(location && { location }) };
        told(client, await client.eris.call('addSite', { params: { marketId: (await client.market()).id }, body }));
      }),
    );
  withMarket(sites.command('capacity'))
    .argument('<site>', 'the id of a site')
    .argument('<list>', 'units by resource: gpu=4,cpu=24')
    .option('--digest <digest>', 'of the preview that comes where more is sold: take that back if it does what it says, or not at all')
    .description('change the capacity of a site from the current slot on')
    .action(
      serving(terminal, async (client, siteId: string, list: string) => {
        const params = { marketId: (await client.market()).id, siteId };
        const { digest } = client.flags as { digest?: string };
        const headers = digest === undefined ? {} : { headers: { 'If-Match': digest } };
        told(client, await client.eris.call('changeCapacity', { params, body: { capacity: unitsOf(list) }, ...headers }));
      }),
    );
}

function registerClock(program: Command, terminal: HostTerminal): void {
  const clock = withMarket(program.command('clock'))
    .description("tell where a market's clock stands")
    .addHelpText('after', '\nExamples:\n  $ eris clock\n  $ eris clock advance 3')
    .action(
      serving(terminal, async (client) => {
        const { slot } = await client.market();
        client.tell({ slot }, () => `${slot}\n`);
      }),
    );
  withMarket(clock.command('advance'))
    .argument('<slots>', 'by how many')
    .option('--confirm', 'move it past everything on sale, too')
    .description('move a manual clock forward')
    .action(
      serving(terminal, async (client, slots: string) => {
        if (!/^[1-9]\d{0,8}$/.test(slots)) throw new BadInput([`slots: ${slots} is no whole number above zero`]);
        const { id, slot } = await client.market();
        const { confirm = false } = client.flags as { confirm?: boolean };
        const moved = await client.eris.call('advanceClock', { params: { marketId: id }, body: { slot: slot + Number(slots), confirm } });
        client.tell(moved, () => `${moved.slot}\n`);
      }),
    );
}

async function list(client: Client, id: 'listMarkets', columns: readonly Column<Market>[]): Promise<void> {
  const items = await client.eris.all(id);
  client.tell({ items, nextCursor: null }, () => tableOf(client.screen, columns, items));
}

async function show(client: Client): Promise<void> {
  told(client, await client.eris.call('getMarket', { params: { marketId: (await client.market()).id } }));
}

function unitsOf(list: string): Record<string, number> {
  return Object.fromEntries(
    list.split(',').map((each) => {
      const [, name = '', units = ''] = /^\s*([^=\s]+)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(each) ?? [];
      if (name === '') throw new BadInput([`capacity: "${each}" is not of the form gpu=4`]);
      return [name, Number(units)];
    }),
  );
}

function placeOf(text: string): { latitude: number; longitude: number } {
  const [latitude = NaN, longitude = NaN, more] = text.split(',').map(Number);
  if (more !== undefined || Number.isNaN(latitude + longitude)) throw new BadInput([`--at: ${text} is not of the form 52.5,13.4`]);
  return { latitude, longitude };
}
