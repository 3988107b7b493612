import type { Command } from 'commander';
import type { AnswerOf } from '#sdk';
import type { HostTerminal } from '../../terminal.js';
import { type Client, serving, withServer } from '../client.js';
import { type Column, factsOf, styled, tableOf } from '../text.js';

type Why = AnswerOf<'explainBid'>;
type Change = Why['changes'][number];

const CELLS: readonly Column<Why['cells'][number]>[] = [
  { head: 'slot', of: ({ slot }) => String(slot), isNumber: true },
  { head: 'site', of: ({ siteId }) => siteId ?? 'between sites' },
  { head: 'resource', of: ({ resource }) => resource },
  { head: 'needed', of: ({ needed }) => needed, isNumber: true },
  { head: 'free', of: ({ free }) => free, isNumber: true },
  { head: 'a unit costs', of: ({ unitPrice }) => unitPrice, isNumber: true },
];

/** `eris why`: what a refused bid lacks, and what would pass. */
export function registerWhy(program: Command, terminal: HostTerminal): void {
  withServer(program.command('why'))
    .argument('<bid>', 'the id of a bid')
    .description('why a bid is refused: the cells that are short or dear, and the least changes that pass')
    .addHelpText('after', '\nExamples:\n  $ eris why 17\n  $ eris why 17 --json | jq ".changes[0].body" | eris bid - --wait')
    .action(
      serving(terminal, async (client, bidId: string) => {
        const why = await client.eris.call('explainBid', { params: { bidId } });
        client.tell(why, () => whyText(client, why));
      }),
    );
}

function whyText({ screen }: Client, why: Why): string {
  const { bidId, status, decided, reason, best, fits, cells, changes, priceVersion } = why;
  const facts: [string, string][] = [
    ['bid', `${bidId}: ${status}`],
    ...(decided ? ([['was refused', `${decided.code}: ${decided.detail}`]] as [string, string][]) : []),
    ...(reason ? ([['now', `${reason.code}: ${reason.detail}`]] as [string, string][]) : []),
    ...(best ? ([['now', `it would be accepted: completes in slot ${best.completion} for ${best.price}`]] as [string, string][]) : []),
    ...(reason && fits === false ? ([['fits', 'no: whatever it is worth, there is no room for it']] as [string, string][]) : []),
  ];
  const what = fits === false ? 'Too little is free of' : 'Most would be paid for';
  const table = cells.length > 0 ? `\n${styled(screen, 'bold', what)}\n${tableOf(screen, CELLS, cells)}` : '';
  const passes = changes.map((change) => `  ${changeText(change)}\n`).join('');
  const head = changes.length > 0 ? `\n${styled(screen, 'bold', `What passes at price version ${priceVersion}`)}\n` : '';
  const how = changes.length > 0 ? `\nThe whole bid that passes: eris why ${bidId} --json\n` : '';
  return `${factsOf(screen, facts)}${table}${head}${passes}${how}`;
}

function changeText({ kind, completion, price, value, deposit, from, to, body, budgets = [] }: Change): string {
  const gets = `completes in slot ${completion} for ${price}`;
  const paid = deposit === '0' ? '' : `, and a deposit of ${deposit}`;
  switch (kind) {
    case 'value':
      return `a worth of ${value} there (valuation ${JSON.stringify(body.valuation)})${paid}: ${gets}`;
    case 'completion':
      return `a later completion (valuation ${JSON.stringify(body.valuation)})${paid}: ${gets}`;
    case 'site':
      return `the data of site ${from} at site ${to}${paid}: ${gets}`;
    case 'deposit':
      return `a deposit of ${deposit}: ${gets}`;
    case 'budget':
      return `${budgets.map(({ name, missing, period }) => `${missing} more in the budget ${name} for ${period}`).join(', ')}: ${gets}`;
  }
}
