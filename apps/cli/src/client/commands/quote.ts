import type { Command } from 'commander';
import type { AnswerOf, BodyOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, serving, withMarket } from '../client.js';
import { bidsOf } from '../input.js';
import { menuChart } from '../menu-chart.js';
import { factsOf } from '../text.js';

type Quote = AnswerOf<'quoteBid'>;

/** `eris quote`: the menu of a bid. */
export function registerQuote(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('quote'))
    .argument('<file>', 'a bid as JSON; - is standard input')
    .description('what a bid would pay for each completion; reserves nothing')
    .addHelpText('after', '\nExamples:\n  $ eris quote job.json\n  $ eris bid job.json --quote "$(eris quote job.json --json | jq -r .id)"')
    .action(
      serving(terminal, async (client, file: string) => {
        const rows = await bidsOf(file);
        const [row] = rows;
        if (!row || rows.length > 1) throw new BadInput([`${file}: a quote is for one bid; there are ${rows.length}`]);
        const quote = await quoteOf(client, row.body);
        client.tell(quote, () => quoteText(client, quote, row.body));
      }),
    );
}

async function quoteOf(client: Client, body: object): Promise<Quote> {
  const { id } = await client.market();
  return client.eris.call('quoteBid', { params: { marketId: id }, body: body as BodyOf<'quoteBid'> });
}

function quoteText({ screen }: Client, quote: Quote, body: object): string {
  const { menu, best, reason, beyondBudget } = quote;
  const [earliest] = menu;
  const cheapest = menu.at(-1);
  const told = (entry: { completion: number; price: string } | undefined): string =>
    entry ? `completes in slot ${entry.completion} for ${entry.price}` : 'none: it does not fit';
  const facts: [string, string][] = [
    ['quote', quote.id],
    ['prices', `version ${quote.priceVersion}; may run from slot ${quote.arrivalSlot} on`],
    ['earliest', told(earliest)],
    ['cheapest', told(cheapest && menu.find(({ price }) => price === cheapest.price))],
    ['best', best ? `${told(best)}, which is worth ${best.value}` : `none: ${reason?.code ?? ''}; ${reason?.detail ?? ''}`],
    ...(beyondBudget ? [['beyond a budget', beyondText(beyondBudget)] as [string, string]] : []),
  ];
  const chart = menu.length > 0 ? `\n${menuChart(screen, { menu, best, valuation: valuationIn(body), arrival: quote.arrivalSlot })}` : '';
  const next = best ? `\nTo pay exactly that: eris bid FILE --quote ${quote.id}\n` : '';
  return `${factsOf(screen, facts)}${chart}${next}`;
}

/** What would be best, and the budget that has no room for it. */
const beyondText = ({ completion, price, takes, budget }: NonNullable<Quote['beyondBudget']>): string =>
  `slot ${completion} for ${price} would be best; it takes ${takes} of the budget ${budget.name}, which has ${budget.left} left for ${budget.period}`;

const valuationIn = (body: object): unknown => ('valuation' in body ? body.valuation : undefined);
