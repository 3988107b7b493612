import { heartbeatsOf, type MarketTerms } from '#log';
import { formatMicros, type Micros } from '#units';
import { z } from 'zod';
import { microsOf } from '../amount.js';
import { LIMITS } from '../limits.js';
import {
  amount,
  between,
  count,
  givenAmount,
  id,
  page,
  pageQueryOf,
  positive,
  quantities,
  quantity,
  resources,
  slot,
  time,
  wholeQuery,
  wholeText,
} from './primitives.js';
import { name } from './text.js';
import { heartbeatTerms } from './windows.js';

/** Who moves a market's clock. */
export const clockKind = z.enum(['manual', 'realtime'], 'must be manual or realtime');
/** Whether a market takes bids. */
export const marketStatus = z.enum(['open', 'paused', 'closed'], 'must be open, paused or closed');

/** Which versions there are is the market's to say: a contract that listed them would have to know of later ones. */
export const oracleVersion = z
  .string('must be text')
  .regex(/^[a-z]{1,40}\/\d{1,9}$/, 'must be a version of the oracle, such as "default/3"')
  .describe('The version of the oracle that decides bids: the newest when the market was opened, until its operator names another.')
  .meta({ examples: ['default/3'] });

const PAPER =
  'Prices that rise with what is sold: a unit costs unit * (gamma ^ share sold - 1) + reserve in a slot. Without `kind` it is this rule.';
const FLAT =
  'Prices by share: a unit costs `level` divided by what the whole market has of its resource in the slot, however much is sold; so all of a resource costs its level for a slot.';

/** Percent: one organisation may count for all. */
const SHARE_CAP_MAX = 100;
const LEARNING =
  'Prices by share, as flat ones, at a level that is learnt from the bids so far: it clears their demand. It is posted before each bid and never depends on it.';

const paperPrices = z
  .strictObject({
    kind: z.literal('paper').optional(),
    gamma: z.record(z.string(), between(1, 1_000_000)).describe('For "bandwidth" and each resource.'),
    unit: givenAmount,
    reserve: givenAmount,
  })
  .meta({ id: 'PaperPricesBody', description: PAPER });
const flatPrices = z
  .strictObject({
    kind: z.literal('flat'),
    level: givenAmount,
    levels: z.record(z.string(), givenAmount).optional().describe('Of "bandwidth" or a resource, where it is another one.'),
  })
  .meta({ id: 'FlatPricesBody', description: FLAT });
const learningPrices = z
  .strictObject({
    kind: z.literal('learning'),
    level: givenAmount.optional().describe('The level to begin with: 0 where it is not said.'),
    learns: z.boolean('must be true or false').optional().describe('False holds the level where it is; bids are measured all the same.'),
    floor: givenAmount.optional().describe('The least level: 0 where it is not said.'),
    ceiling: givenAmount.optional().describe('The highest level: the highest amount that there is where it is not said.'),
    shareCap: count(1, SHARE_CAP_MAX)
      .optional()
      .describe(
        'Percent of what the market has in the slots looked back at, that the bids of one organisation count for at most: 100, no cap, where it is not said.',
      ),
  })
  .check(({ value, issues }) => {
    const [floor, ceiling] = [microsOf(value.floor ?? '0'), value.ceiling === undefined ? undefined : microsOf(value.ceiling)];
    const fault = (message: string, field: string) => issues.push({ code: 'custom', input: value, path: [field], message });
    if (ceiling !== undefined && ceiling < floor) fault(`must be at least the floor, ${formatMicros(floor)}`, 'ceiling');
    if (value.level === undefined) return;
    const level = microsOf(value.level);
    if (level < floor || (ceiling !== undefined && level > ceiling)) fault('must lie between the floor and the ceiling', 'level');
  })
  .meta({ id: 'LearningPricesBody', description: LEARNING });
/** How prices are posted. Bodies from before there was a choice name no kind, and mean the paper's rule. */
const prices = z.discriminatedUnion('kind', [paperPrices, flatPrices, learningPrices], {
  error: (issue) => (issue.code === 'invalid_union' ? 'must have the kind paper, flat or learning' : undefined),
});

/** What the rule names are bandwidth and resources of the market; where the resources are wrong nothing is known of their names. */
function checkPrices({ value, issues }: z.core.ParsePayload<{ resources: string[]; prices: z.output<typeof prices> }>): void {
  if (issues.some(({ path }) => path?.[0] === 'resources') || value.prices.kind === 'learning') return;
  const { prices: rule, resources: names } = value;
  const has = ['bandwidth', ...names];
  const [field, given] = rule.kind === 'flat' ? ['levels', Object.keys(rule.levels ?? {})] : ['gamma', Object.keys(rule.gamma)];
  const fault = (key: string, message: string) => issues.push({ code: 'custom', input: value, path: ['prices', field, key], message });
  for (const key of has)
    if (rule.kind !== 'flat' && !given.includes(key)) fault(key, 'is missing: every resource and bandwidth need a gamma');
  for (const key of given) if (!has.includes(key)) fault(key, `is not one of ${has.join(', ')}`);
}

/** In a realtime market a bid may run from the slot after the current one on: of one slot on sale none is left. */
function checkHorizon({ value, issues }: z.core.ParsePayload<{ clock: string; horizonSlots: number }>): void {
  if (value.clock === 'realtime' && value.horizonSlots < 2) {
    const message =
      'must be at least 2 where clock is realtime: a bid may run from the slot after the current one on, so one slot is never sold';
    issues.push({ code: 'custom', input: value, path: ['horizonSlots'], message });
  }
}

/** The body of a new market. */
export const createMarketBody = z
  .strictObject({
    name,
    clock: clockKind,
    slotMinutes: count(1, 10_080),
    horizonSlots: count(1, LIMITS.horizonSlots),
    chunkMB: positive,
    bandwidthMB: quantity,
    resources,
    prices: prices.default({ kind: 'learning' }).describe('How prices are posted: learnt from the bids where nothing is said.'),
    heartbeats: heartbeatTerms.optional(),
  })
  .check(checkPrices)
  .check(checkHorizon);

/** A price rule as it is told. */
export const postedPrices = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('paper'), gamma: z.record(z.string(), z.number()), unit: amount, reserve: amount })
    .meta({ id: 'PaperPrices', description: PAPER }),
  z
    .strictObject({ kind: z.literal('flat'), level: amount, levels: z.record(z.string(), amount) })
    .meta({ id: 'FlatPrices', description: FLAT }),
  z
    .strictObject({
      kind: z.literal('learning'),
      level: amount,
      learns: z.boolean(),
      floor: amount,
      ceiling: amount,
      opening: z
        .boolean()
        .describe(
          'Whether too few bids were measured to know a level: until then bids may only use the next tenth of the slots on sale, four at least.',
        ),
      shareCap: z.number().describe('Percent that the bids of one organisation count for at most; 100 for no cap.'),
    })
    .meta({ id: 'LearningPrices', description: LEARNING }),
]);

/** The rule that comes next, where the operator has named one. */
export const nextPrices = postedPrices
  .nullable()
  .describe(
    'What the prices become as the clock next moves, where bids were decided in this slot when they were changed; null where they stay.',
  );

/** A market's terms as they are told. */
export const termsTold = ({ policy, oracle, prices: rule, next, heartbeats }: MarketTerms) => ({
  policy,
  oracle,
  prices: pricesTold(rule),
  nextPrices: next ? pricesTold(next) : null,
  heartbeats: { ...heartbeatsOf({ heartbeats }) },
});

function pricesTold(rule: MarketTerms['prices']): z.output<typeof postedPrices> {
  if (rule.kind === 'paper')
    return { kind: 'paper', gamma: { ...rule.gamma }, unit: formatMicros(rule.unit), reserve: formatMicros(rule.reserve) };
  if (rule.kind === 'learning') {
    const { level, floor, ceiling, ...rest } = rule;
    return { ...rest, level: formatMicros(level), floor: formatMicros(floor), ceiling: formatMicros(ceiling) };
  }
  const levels = Object.entries(rule.levels).map(([resource, level]) => [resource, formatMicros(level)]);
  return { kind: 'flat', level: formatMicros(rule.level), levels: Object.fromEntries(levels) as Record<string, string> };
}

/** The rule that a body asks for. @param before the market's rule so far: a level that was learnt is kept where the body names none. */
export function priceRuleOf(given: z.output<typeof prices>, before?: MarketTerms['prices']): MarketTerms['prices'] {
  if (given.kind === 'learning') return learningRuleOf(given, before);
  if (given.kind !== 'flat') return { kind: 'paper', gamma: given.gamma, unit: microsOf(given.unit), reserve: microsOf(given.reserve) };
  const levels = Object.entries(given.levels ?? {}).map(([resource, level]) => [resource, microsOf(level)]);
  return { kind: 'flat', level: microsOf(given.level), levels: Object.fromEntries(levels) as Record<string, Micros> };
}

/** The highest level that there is. */
const LEVEL_MAX = '999999999.999999';

function learningRuleOf(
  { level, learns = true, floor, ceiling, shareCap = SHARE_CAP_MAX }: z.output<typeof learningPrices>,
  before: MarketTerms['prices'] | undefined,
): Extract<MarketTerms['prices'], { readonly kind: 'learning' }> {
  const [least, most] = [microsOf(floor ?? '0'), microsOf(ceiling ?? LEVEL_MAX)];
  const kept = before?.kind === 'learning' ? before.level : least;
  return {
    kind: 'learning',
    level: level === undefined ? within(kept, least, most) : microsOf(level),
    learns,
    floor: least,
    ceiling: most,
    opening: learns && level === undefined && (before?.kind !== 'learning' || before.opening),
    shareCap,
  };
}

const within = (level: Micros, least: Micros, most: Micros): Micros => (level < least ? least : level > most ? most : level);

/** A market. */
export const market = z
  .strictObject({
    id,
    name: z.string(),
    clock: clockKind,
    status: marketStatus,
    slotMinutes: z.number(),
    horizonSlots: z.number(),
    chunkMB: z.number(),
    bandwidthMB: z.number(),
    resources: z.array(z.string()),
    prices: postedPrices,
    nextPrices,
    policy: z.literal('eris').describe('Who decides bids.'),
    oracle: oracleVersion,
    heartbeats: heartbeatTerms,
    slot,
    sequence: z.string(),
    openedAt: time,
  })
  .meta({ id: 'Market' });
/** The query of a list of markets. */
export const marketsQuery = z.strictObject(wholeQuery);
/** A page of markets. */
export const marketPage = page(market);
/** The body of a change of a market. */
export const changeMarketBody = z
  .strictObject({
    status: marketStatus.optional(),
    oracle: oracleVersion.optional(),
    prices: prices.optional(),
    heartbeats: heartbeatTerms.optional(),
  })
  .refine(
    ({ status, oracle, prices: rule, heartbeats }) => [status, oracle, rule, heartbeats].some((given) => given !== undefined),
    'must name a status, an oracle, prices or heartbeats',
  );

const location = z.strictObject({ latitude: between(-90, 90), longitude: between(-180, 180) });
/** The body of a new site. */
export const addSiteBody = z.strictObject({ name, capacity: quantities, location: location.optional() });
/** The body of a change of a site's capacity. */
export const changeCapacityBody = z.strictObject({ capacity: quantities });
/** A site. */
export const site = z
  .strictObject({
    id,
    marketId: id,
    ordinal: z.number(),
    name: z.string(),
    capacity: z.record(z.string(), z.number()),
    location: location.nullable(),
  })
  .meta({ id: 'Site' });
/** A site whose capacity was set. */
export const changedSite = site
  .extend({
    windowId: id
      .nullable()
      .describe(
        'The window without an end that withdraws the difference, where more was sold; null: the capacity itself is another one now.',
      ),
  })
  .meta({ id: 'ChangedSite' });
/** All sites of a market fit into a page: a bid names them by id, and who reads them mostly wants all. */
export const sitesQuery = z.strictObject(pageQueryOf(LIMITS.sitesPerMarket, LIMITS.sitesPerMarket));
/** A page of sites. */
export const sitePage = page(site);

/** The body of a move of a clock. */
export const advanceClockBody = z.strictObject({
  slot,
  confirm: z.boolean('must be true or false').default(false).describe('That the clock is meant to move by more than the slots on sale.'),
  /** Where a clock stands. */
});
export const clock = z.strictObject({ slot }).meta({ id: 'Clock' });

const slotText = wholeText({ min: 0, max: LIMITS.slot });
/** The query of posted prices. */
export const pricesQuery = z.strictObject({ from: slotText.optional(), to: slotText.optional() });
const sitePrices = z.record(id, z.record(z.string(), amount));
/** Posted prices, slot by slot. */
export const priceList = z
  .strictObject({
    priceVersion: z.string(),
    slots: z.array(z.strictObject({ slot, bandwidth: amount, sites: sitePrices })),
    nextSlot: slot.nullable(),
  })
  .meta({ id: 'Prices' });
