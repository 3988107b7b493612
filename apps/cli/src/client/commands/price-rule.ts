import type { Command } from 'commander';
import type { BodyOf } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type ClientFlags, serving, withMarket } from '../client.js';
import { jsonOf } from '../input.js';
import { told } from './told.js';

type Rule = NonNullable<BodyOf<'changeMarket'>['prices']>;

interface RuleFlags extends ClientFlags {
  readonly level?: string;
  readonly floor?: string;
  readonly ceiling?: string;
  readonly shareCap?: string;
  readonly hold?: boolean;
}

/** `eris markets prices`. */
export function registerPriceRule(markets: Command, terminal: HostTerminal): void {
  withMarket(markets.command('prices'))
    .argument('<rule>', 'learning, flat, or a JSON file with a rule as PATCH /v1/markets/{id} takes it; - is standard input')
    .option('--level <credits>', 'what all of a resource costs for a slot; of learning: the level to go on from')
    .option('--floor <credits>', 'of learning: no lower')
    .option('--ceiling <credits>', 'of learning: no higher')
    .option('--share-cap <percent>', 'of learning: what the bids of one organisation count for at most')
    .option('--hold', 'of learning: hold the level where it is')
    .description(
      'change how prices are posted: at once where no bid was decided in this slot, else as the clock next moves; what was decided stays',
    )
    .addHelpText(
      'after',
      '\nnextPrices of the answer is what is still to come; the present prices, named again, take it back.\nExamples:\n  $ eris markets prices learning --ceiling 400 --share-cap 30\n  $ eris markets prices learning --hold\n  $ eris markets prices flat --level 200',
    )
    .action(
      serving(terminal, async (client, named: string) => {
        const prices = await ruleOf(named, client.flags);
        const params = { marketId: (await client.market()).id };
        told(client, await client.eris.call('changeMarket', { params, body: { prices } }));
      }),
    );
}

async function ruleOf(named: string, { level, floor, ceiling, shareCap, hold }: RuleFlags): Promise<Rule> {
  const only = { floor, ceiling, shareCap, hold };
  if (named === 'learning')
    return {
      kind: 'learning',
      ...(level !== undefined && { level }),
      ...(floor !== undefined && { floor }),
      ...(ceiling !== undefined && { ceiling }),
      ...(shareCap !== undefined && { shareCap: percentOf(shareCap) }),
      ...(hold === true && { learns: false }),
    };
  const odd = Object.entries({ ...only, ...(named !== 'flat' && { level }) }).filter(([, value]) => value !== undefined);
  if (odd.length > 0) throw new BadInput(odd.map(([name]) => `--${optionOf(name)}: says nothing of ${named}`));
  if (named !== 'flat') return (await jsonOf(named)) as Rule;
  if (level === undefined) throw new BadInput(['--level: is missing: flat prices have one']);
  return { kind: 'flat', level };
}

const optionOf = (name: string): string => (name === 'shareCap' ? 'share-cap' : name);

function percentOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 100)
    throw new BadInput([`--share-cap: ${text} is no whole percent from 1 to 100`]);
  return Number(text);
}
