import type { Command } from 'commander';
import type { AnswerOf, ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withMarket, withServer } from '../client.js';
import { registerCancel } from './cancel.js';
import { registerChange } from './change.js';
import { registerWhyPrice } from './why-price.js';
import { bidsTable } from '../bids-table.js';
import { type Column, factsOf, tableOf } from '../text.js';

type Bid = ItemOf<'listBids'>;
type Allocation = AnswerOf<'getAllocation'>;

const LINES: readonly Column<Allocation['lines'][number]>[] = [
  { head: 'slot', of: ({ slot }) => String(slot), isNumber: true },
  { head: 'site', of: ({ siteId }) => siteId ?? 'between sites' },
  { head: 'resource', of: ({ resource }) => resource },
  { head: 'quantity', of: ({ quantity }) => quantity, isNumber: true },
  { head: 'at', of: ({ unitPrice }) => unitPrice, isNumber: true },
  { head: 'amount', of: ({ amount }) => amount, isNumber: true },
];

interface BidsFlags extends ClientFlags {
  readonly status?: string;
  readonly label?: string;
  readonly limit?: string;
}

const ROWS_MAX = 1_000_000;

/** `eris bids`, `eris allocation`. */
export function registerBids(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('bids'))
    .argument('[id]', 'one bid, and all that is known of it')
    .description('list bids in the order in which they were placed, or tell of one')
    .option('--status <status>', 'only those: queued, accepted or refused')
    .option('--label <label>', 'only those of that label')
    .option('--limit <count>', 'no more than so many')
    .addHelpText('after', '\nExamples:\n  $ eris bids --status refused --limit 20\n  $ eris bids 17 --json')
    .action(serving(terminal, async (client, bidId: string | undefined) => (bidId === undefined ? list(client) : one(client, bidId))));
  const allocation = withServer(program.command('allocation'))
    .argument('<bid>', 'the id of an accepted bid')
    .description('what an accepted bid got: its schedule, and its payment line by line')
    .addHelpText('after', '\nExample:\n  $ eris allocation 17')
    .action(
      serving(terminal, async (client, bidId: string) => {
        const allocation = await client.eris.call('getAllocation', { params: { bidId } });
        client.tell(allocation, () => allocationText(client, allocation));
      }),
    );
  registerCancel(allocation, terminal);
  registerChange(allocation, terminal);
  registerWhyPrice(allocation, terminal);
}

async function list(client: Client): Promise<void> {
  const { status, label, limit = String(ROWS_MAX) } = client.flags as BidsFlags;
  if (!/^[1-9]\d{0,6}$/.test(limit)) throw new BadInput([`--limit: ${limit} is no whole number from 1 to 9999999`]);
  const { id } = await client.market();
  const query = { ...(status !== undefined && { status }), ...(label !== undefined && { label }) } as {
    status?: Bid['status'];
    label?: string;
  };
  const items: Bid[] = [];
  for await (const bid of client.eris.items('listBids', { params: { marketId: id }, query })) {
    items.push(bid);
    if (items.length >= Number(limit)) break;
  }
  client.tell({ items, nextCursor: null }, () => bidsTable(client.screen, items));
}

async function one(client: Client, bidId: string): Promise<void> {
  const bid = await client.eris.call('getBid', { params: { bidId } });
  const { decision, ...rest } = bid;
  const facts = Object.entries({
    ...rest,
    ...decision,
    reason: decision?.reason ? `${decision.reason.code}: ${decision.reason.detail}` : undefined,
  });
  client.tell(bid, () =>
    factsOf(
      client.screen,
      facts.flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, String(value)] as const])),
    ),
  );
}

/** What an allocation is linked to. */
const linksOf = ({ continues, continuedBy, replaces, replacedBy }: Allocation): (readonly [string, string])[] => [
  ...(continues === null ? [] : [['goes on with', continues] as const]),
  ...(continuedBy.length === 0 ? [] : [['goes on in', continuedBy.join(', ')] as const]),
  ...(replaces === null ? [] : [['in place of', replaces] as const]),
  ...(replacedBy === null ? [] : [['changed for', replacedBy] as const]),
];

function allocationText({ screen }: Client, allocation: Allocation & { readonly schedule?: unknown }): string {
  const { bidId, payment, lines, schedule } = allocation;
  const slots = Array.isArray(schedule) ? (schedule as { slot: number; ps: string; workers: object }[]) : [];
  const plan = slots.map(({ slot, ps, workers }) => ({
    slot,
    ps,
    workers: Object.entries(workers)
      .map(([site, count]) => `${site}: ${count}`)
      .join(', '),
  }));
  const columns: readonly Column<(typeof plan)[number]>[] = [
    { head: 'slot', of: ({ slot }) => String(slot), isNumber: true },
    { head: 'server at', of: ({ ps }) => ps },
    { head: 'workers', of: ({ workers }) => workers },
  ];
  return `${factsOf(screen, [
    ['bid', bidId],
    ['pays', payment],
    ...linksOf(allocation),
  ])}\n${plan.length > 0 ? `${tableOf(screen, columns, plan)}\n` : ''}${tableOf(screen, LINES, lines)}`;
}
