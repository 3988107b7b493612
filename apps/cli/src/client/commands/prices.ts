import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { AnswerOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type MarketRow, serving, withMarket } from '../client.js';
import { barsOf, type Column, tableOf } from '../text.js';
import { type HistoryFlags, siteNamed, slotOf, tellHistory } from './price-history.js';

type Level = AnswerOf<'listLevels'>['items'][number];

type Prices = AnswerOf<'readPrices'>;

interface PricesFlags extends HistoryFlags {
  readonly history?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly watch?: boolean;
  readonly below?: string;
  readonly every?: string;
}

/** What one thing costs, slot by slot, in credits as text. */
interface Series {
  readonly site: string;
  readonly resource: string;
  readonly prices: readonly { readonly slot: number; readonly price: string }[];
}

const EVERY_SECONDS = 2;
const BARS_MAX = 40;
/** Columns beside the bars. */
const MARGIN = 64;

const LEVELS: readonly Column<Level>[] = [
  { head: 'entry', of: ({ sequence }) => sequence, isNumber: true },
  { head: 'at', of: ({ at }) => at },
  { head: 'from', of: ({ payload }) => payload.from, isNumber: true },
  { head: 'level', of: ({ payload }) => payload.level, isNumber: true },
  { head: 'clears', of: ({ payload }) => payload.clearing, isNumber: true },
  { head: 'slots', of: ({ payload }) => `${payload.slots}`, isNumber: true },
  { head: 'bids', of: ({ payload }) => `${payload.bids}`, isNumber: true },
  { head: 'organisations', of: ({ payload }) => `${payload.organisations}`, isNumber: true },
  { head: 'doubted', of: ({ payload }) => `${payload.doubted}`, isNumber: true },
  { head: 'left', of: ({ payload }) => `${payload.left}`, isNumber: true },
];

/** `eris levels`. */
function registerLevels(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('levels'))
    .description('how the learnt level of a market has moved, and from what it was learnt')
    .addHelpText('after', '\nExample:\n  $ eris levels')
    .action(
      serving(terminal, async (client) => {
        const params = { marketId: (await client.market()).id };
        const { level, measuredThrough, head } = await client.eris.call('listLevels', { params, query: { limit: 1 } });
        const items = await client.eris.all('listLevels', { params });
        const now = level === null ? 'prices are not learnt' : `level ${level}, measured through entry ${measuredThrough} of ${head}`;
        client.tell({ level, measuredThrough, head, items, nextCursor: null }, () => `${tableOf(client.screen, LEVELS, items)}${now}\n`);
      }),
    );
}

/** `eris prices` and `eris levels`. */
export function registerPrices(program: Command, terminal: HostTerminal): void {
  registerLevels(program, terminal);
  withMarket(program.command('prices'))
    .description('posted prices of the slots on sale: what the next bid would pay for a unit and a slot')
    .option('--site <id or name>', 'of that site only; bandwidth has none')
    .option('--resource <name>', 'of that resource only')
    .option('--from <slot>', 'from that slot on')
    .option('--to <slot>', 'to that slot')
    .option('--history', 'how one price has moved, from the log: of the --resource of a --site in a --slot')
    .option('--slot <slot>', 'with --history: which slot')
    .option('--since <moment>', 'with --history: from that moment on, such as 2026-11-29T12:00:00Z')
    .option('--watch', 'look again and again, until a price is below --below; without it until Ctrl-C')
    .option('--below <credits>', 'with --watch: what a unit may cost at most, in any of the slots')
    .option('--every <seconds>', 'with --watch: how often', String(EVERY_SECONDS))
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris prices --resource gpu\n  $ eris prices --site site-1 --resource gpu --watch --below 0.5 && eris bid job.json\n  $ eris prices --history --site site-1 --resource gpu --slot 12',
    )
    .action(
      serving(terminal, async (client) => {
        const { history, watch: isWatched } = client.flags as PricesFlags;
        if (history && isWatched) throw new BadInput(['--history: is what was, and --watch what comes: one of them']);
        if (history) return tellHistory(client);
        return isWatched ? watch(client) : tell(client, await read(client));
      }),
    );
}

/** All pages of it as one answer, cut to what was asked for. */
async function read(client: Client): Promise<Prices> {
  const { from, to } = client.flags as PricesFlags;
  const { id } = await client.market();
  const first = slotOf('--from', from) ?? 0;
  const last = slotOf('--to', to);
  for (;;) {
    const pages: Prices[] = [];
    for (let next: number | null = first; next !== null; next = pages.at(-1)?.nextSlot ?? null)
      pages.push(
        await client.eris.call('readPrices', { params: { marketId: id }, query: { from: next, ...(last !== undefined && { to: last }) } }),
      );
    const [{ priceVersion } = { priceVersion: '' }] = pages;
    if (pages.every((page) => page.priceVersion === priceVersion))
      return { priceVersion, slots: pages.flatMap(({ slots }) => slots), nextSlot: null };
  } // prices moved between two pages: together they would be those of no moment
}

async function tell(client: Client, prices: Prices): Promise<void> {
  const series = await seriesOf(client, prices);
  const bars = Math.max(8, Math.min(BARS_MAX, client.screen.columns - MARGIN));
  const amounts = ({ prices: all }: Series): number[] => all.map(({ price }) => Number(price));
  const columns: readonly Column<Series>[] = [
    { head: 'site', of: ({ site }) => site },
    { head: 'resource', of: ({ resource }) => resource },
    { head: 'now', of: (each) => each.prices[0]?.price ?? '', isNumber: true },
    { head: 'least', of: (each) => least(each)?.price ?? '', isNumber: true },
    { head: 'in slot', of: (each) => least(each)?.slot.toString() ?? '', isNumber: true },
    { head: 'most', of: (each) => String(Math.max(...amounts(each))), isNumber: true },
    { head: 'over the slots', of: (each) => barsOf(amounts(each), bars) },
  ];
  const range = prices.slots.length > 0 ? `slots ${prices.slots[0]?.slot} to ${prices.slots.at(-1)?.slot}` : 'no slots';
  client.tell(prices, () => `${tableOf(client.screen, columns, series)}price version ${prices.priceVersion}, ${range}\n`);
}

const least = ({ prices }: Series): Series['prices'][number] | undefined =>
  prices.reduce<Series['prices'][number] | undefined>(
    (best, each) => (!best || Number(each.price) < Number(best.price) ? each : best),
    undefined,
  );

/** By site and resource, as asked for. @throws BadInput where there is no such site or resource. */
async function seriesOf(client: Client, { slots }: Prices): Promise<Series[]> {
  const { site, resource } = client.flags as PricesFlags;
  const market = await client.market();
  const sites = await client.eris.all('listSites', { params: { marketId: market.id } });
  const wanted = site === undefined ? sites : [siteNamed(sites, site)];
  const ofSites = wanted.flatMap(({ id, name }) =>
    resourcesOf(market, resource).map((each) => ({
      site: name,
      resource: each,
      prices: slots.map(({ slot, sites: at }) => ({ slot, price: at[id]?.[each] ?? '' })),
    })),
  );
  const isBandwidth = site === undefined && (resource === undefined || resource === 'bandwidth');
  return isBandwidth
    ? [
        { site: 'between sites', resource: 'bandwidth', prices: slots.map(({ slot, bandwidth }) => ({ slot, price: bandwidth })) },
        ...ofSites,
      ]
    : ofSites;
}

function resourcesOf({ resources }: MarketRow, wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return resources;
  if (wanted === 'bandwidth') return [];
  if (!resources.includes(wanted)) throw new BadInput([`--resource: there is no ${wanted}; there are bandwidth, ${resources.join(', ')}`]);
  return [wanted];
}

async function watch(client: Client): Promise<void> {
  const { below, every = String(EVERY_SECONDS) } = client.flags as PricesFlags;
  if (below !== undefined && !/^\d+(\.\d+)?$/.test(below)) throw new BadInput([`--below: ${below} is no amount of credits`]);
  if (!/^\d+(\.\d+)?$/.test(every) || Number(every) < 0.1) throw new BadInput([`--every: ${every} is no number of seconds from 0.1 on`]);
  for (let version = ''; ; await sleep(Number(every) * 1000)) {
    const prices = await read(client);
    const hits = below === undefined ? [] : await cheaper(client, prices, Number(below));
    if (hits.length > 0) {
      client.tell({ priceVersion: prices.priceVersion, below, hits }, () =>
        hits.map(({ site, resource, slot, price }) => `${site} ${resource}: ${price} in slot ${slot}\n`).join(''),
      );
      return;
    }
    if (prices.priceVersion === version) continue;
    version = prices.priceVersion;
    if (below === undefined) await tell(client, prices);
    else client.note(`nothing below ${below} at price version ${version}`);
  }
}

/** Of each series its cheapest slot, where that is below. */
async function cheaper(
  client: Client,
  prices: Prices,
  below: number,
): Promise<{ site: string; resource: string; slot: number; price: string }[]> {
  return (await seriesOf(client, prices)).flatMap((series) => {
    const best = least(series);
    return best && Number(best.price) < below ? [{ site: series.site, resource: series.resource, ...best }] : [];
  });
}
