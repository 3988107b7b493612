import type { ItemOf } from '#sdk';
import { BadInput } from '../../terminal.js';
import type { Client, ClientFlags } from '../client.js';
import { barsOf, type Column, tableOf } from '../text.js';

/** What a history of prices is asked by. */
export interface HistoryFlags extends ClientFlags {
  readonly site?: string;
  readonly resource?: string;
  readonly slot?: string;
  readonly since?: string;
}

type Site = ItemOf<'listSites'>;
type PastPrice = ItemOf<'listPriceHistory'>;

const PAGE_ROWS = 500;
const MARGIN = 8;
const COLUMNS: readonly Column<PastPrice>[] = [
  { head: 'entry', of: ({ sequence }) => sequence, isNumber: true },
  { head: 'at', of: ({ at }) => at },
  { head: 'because', of: ({ because }) => because ?? 'as it was' },
  { head: 'a unit costs', of: ({ price }) => price, isNumber: true },
  { head: 'sold', of: ({ sold }) => sold, isNumber: true },
  { head: 'of', of: ({ capacity }) => capacity, isNumber: true },
  { head: 'that is', of: ({ formula }) => formula },
];

/** `eris prices --history`: how the price of a resource of a site in a slot has moved, and what it followed from. */
export async function tellHistory(client: Client): Promise<void> {
  const { site, resource, slot: slotText, since } = client.flags as HistoryFlags;
  const slot = slotOf('--slot', slotText);
  if (slot === undefined || resource === undefined)
    throw new BadInput([
      ...(slot === undefined ? ['--slot: say of which slot'] : []),
      ...(resource === undefined ? ['--resource: say of which resource, or bandwidth'] : []),
    ]);
  if (since !== undefined && Number.isNaN(Date.parse(since))) throw new BadInput([`--since: ${since} is no moment`]);
  const params = { marketId: (await client.market()).id };
  const siteId = site === undefined ? undefined : siteNamed(await client.eris.all('listSites', { params }), site).id;
  const query = {
    slot,
    resource,
    limit: PAGE_ROWS,
    ...(siteId !== undefined && { siteId }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
  };
  const items: PastPrice[] = [];
  let page = await client.eris.call('listPriceHistory', { params, query });
  items.push(...page.items);
  while (page.nextCursor !== null) {
    page = await client.eris.call('listPriceHistory', { params, query: { ...query, cursor: page.nextCursor } });
    items.push(...page.items);
  }
  client.tell({ ...page, items }, () => {
    if (items.length === 0) return `slot ${slot} has not been on sale${since === undefined ? '' : ' since then'}: it had no price\n`;
    const bars = barsOf(
      items.map(({ price }) => Number(price)),
      Math.max(8, client.screen.columns - MARGIN),
    );
    return `${tableOf(client.screen, COLUMNS, items)}${bars}\n`;
  });
}

/** The site of that id or name. @throws BadInput where there is none. */
export function siteNamed(sites: readonly Site[], wanted: string): Site {
  const found = sites.find(({ id, name }) => id === wanted || name === wanted);
  if (found) return found;
  const names = sites.map(({ id, name }) => `${id} (${name})`).join(', ');
  throw new BadInput([`--site: there is no site ${wanted}; ${names === '' ? 'there is none yet' : `there are ${names}`}`]);
}

/** The slot that an option names. @throws BadInput for what is no slot. */
export function slotOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new BadInput([`${option}: ${text} is no slot`]);
  return Number(text);
}
