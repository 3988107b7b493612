import { type EventKind, type LogEvent, type PayloadOf, WINDOW_CAUSES } from '#log';
import { formatMicros } from '#units';
import { z } from 'zod';
import { REFUSAL_CODES } from '../refusals.js';
import { clockKind, marketStatus, nextPrices, oracleVersion, postedPrices, termsTold } from './markets.js';
import { heartbeatTerms } from './windows.js';
import { amount, id, once, page, pageQuery, slot, time } from './primitives.js';

const sequence = z
  .string()
  .regex(/^[1-9]\d*$/)
  .describe('The number of the event in the log of its market.');

const eventOf = <Kind extends string, Payload extends z.ZodType>(name: string, kind: Kind, payload: Payload, description: string) =>
  z.strictObject({ sequence, kind: z.literal(kind), at: time, payload }).meta({ id: name, description });

const siteNow = z.strictObject({ siteId: id, name: z.string(), capacity: z.record(z.string(), z.number()) });

const cause = z.enum(WINDOW_CAUSES).describe('Why capacity is withdrawn.');
const hitNow = { bidId: id, windowId: id, cause, slot, returned: amount };

/** What happens in a market: an entry of its log as everybody reads it, by its kind. */
export const EVENTS = {
  market_opened: eventOf(
    'MarketOpenedEvent',
    'market_opened',
    z.strictObject({ name: z.string(), clock: clockKind }),
    'The first entry of every log.',
  ),
  terms_changed: eventOf(
    'TermsChangedEvent',
    'terms_changed',
    z.strictObject({ policy: z.literal('eris'), oracle: oracleVersion, prices: postedPrices, nextPrices, heartbeats: heartbeatTerms }),
    'The market decides by these terms from here on; prices are other ones only before the first decision of a slot.',
  ),
  prices_changed: eventOf(
    'PricesChangedEvent',
    'prices_changed',
    z.strictObject({
      from: amount.describe('The level before.'),
      level: amount.describe('The level that bids are asked from here on.'),
      clearing: amount.describe('What clears the demand; the level is that, within the floor and the ceiling of the rule.'),
      through: sequence.describe('The last entry whose bids were counted.'),
      left: z.number().describe('Bids after that entry, which are counted later.'),
      slots: z.number().describe('How many slots were looked back at.'),
      bids: z.number().describe('How many measured bids there are in them.'),
      organisations: z.number().describe('How many organisations those are of.'),
      doubted: z
        .number()
        .describe('Of how many organisations, who lift the level most, no density was counted that is far above what the others clear at.'),
    }),
    'The learnt level of prices is another one from here on; once a horizon of slots was learnt from, only before the first decision of a slot.',
  ),
  site_added: eventOf('SiteAddedEvent', 'site_added', siteNow, 'A site was added, with that capacity in every slot.'),
  capacity_changed: eventOf('CapacityChangedEvent', 'capacity_changed', siteNow, 'A site has that capacity from the current slot on.'),
  status_changed: eventOf(
    'StatusChangedEvent',
    'status_changed',
    z.strictObject({ from: marketStatus, status: marketStatus }),
    'The market was paused, resumed or closed.',
  ),
  clock_advanced: eventOf(
    'ClockAdvancedEvent',
    'clock_advanced',
    z.strictObject({ from: slot, slot }),
    'The clock stood at `from` and stands at `slot`: the slots between have run.',
  ),
  bid_accepted: eventOf(
    'BidAcceptedEvent',
    'bid_accepted',
    z.strictObject({ bidId: id, outcome: z.literal('accepted'), completion: slot, payment: amount }),
    'A bid was accepted; its decision and its allocation say more.',
  ),
  bid_refused: eventOf(
    'BidRefusedEvent',
    'bid_refused',
    z.strictObject({ bidId: id, outcome: z.literal('refused'), reason: z.enum(REFUSAL_CODES) }),
    'A bid was refused; its decision says what would have passed.',
  ),
  window_opened: eventOf(
    'WindowOpenedEvent',
    'window_opened',
    z.strictObject({
      windowId: id,
      window: z.enum(['outage', 'maintenance']),
      cause,
      scope: z.enum(['site', 'bandwidth', 'market']),
      siteId: id.nullable(),
      amounts: z.record(z.string(), z.number()).nullable().describe('Units that are withdrawn; null: everything.'),
      from: slot,
      to: slot.nullable().describe('The first slot that is not withdrawn any more; null: it is open.'),
      taken: z.array(slot).describe('Slots of which more was sold than is left.'),
    }),
    'Capacity is off sale from here on. Whoever had bought of it is dealt with by the entries that follow, up to window_settled.',
  ),
  window_closed: eventOf(
    'WindowClosedEvent',
    'window_closed',
    z.strictObject({ windowId: id, slot }),
    'Capacity is on sale again from that slot on, but for slots of which more was sold than was left.',
  ),
  window_settled: eventOf(
    'WindowSettledEvent',
    'window_settled',
    z.strictObject({ windowId: id }),
    'Everybody whom the window had hit was dealt with.',
  ),
  allocation_repaired: eventOf(
    'AllocationRepairedEvent',
    'allocation_repaired',
    z.strictObject({ ...hitNow, revision: z.number(), completion: slot }),
    'An allocation lost slots, and runs by another plan from `slot` on.',
  ),
  allocation_failed: eventOf(
    'AllocationFailedEvent',
    'allocation_failed',
    z.strictObject(hitNow),
    'An allocation lost slots, and nothing else was found: all that it had paid came back.',
  ),
  allocation_left: eventOf(
    'AllocationLeftEvent',
    'allocation_left',
    z.strictObject(hitNow),
    'An allocation lost slots and would have been late; its bidder had asked for the money instead.',
  ),
  allocation_cancelled: eventOf(
    'AllocationCancelledEvent',
    'allocation_cancelled',
    z.strictObject({ bidId: id, slot, returned: amount, kept: amount.describe('What of its price was earned with that.') }),
    'Its bidder cancelled an allocation by a quote: nothing of it runs from `slot` on.',
  ),
} as const satisfies Readonly<Record<EventKind, z.ZodType>>;

/** The names of all types of events, as they are told. */
export const eventKinds = Object.keys(EVENTS) as readonly EventKind[];

/** Any event: what the `data` of a stream's messages holds. */
export const marketEvent = z
  .discriminatedUnion('kind', [
    EVENTS.market_opened,
    EVENTS.terms_changed,
    EVENTS.prices_changed,
    EVENTS.site_added,
    EVENTS.capacity_changed,
    EVENTS.status_changed,
    EVENTS.clock_advanced,
    EVENTS.bid_accepted,
    EVENTS.bid_refused,
    EVENTS.window_opened,
    EVENTS.window_closed,
    EVENTS.window_settled,
    EVENTS.allocation_repaired,
    EVENTS.allocation_failed,
    EVENTS.allocation_left,
    EVENTS.allocation_cancelled,
  ])
  .meta({ id: 'MarketEvent', discriminator: { propertyName: 'kind', mapping: mappingOf(EVENTS) } });
/** An event as it is told. */
export type MarketEvent = z.output<typeof marketEvent>;

/** The query of a market's levels. */
export const levelsQuery = z.strictObject(pageQuery);

/** How the learnt level of a market has moved. */
export const levelHistory = page(EVENTS.prices_changed)
  .extend({
    level: amount.nullable().describe('What bids are asked now; null where the market does not learn its prices.'),
    measuredThrough: z.string().describe('The last entry of the log whose bids are measured; 0 before the first.'),
    head: z.string().describe('The last entry of the log.'),
  })
  .meta({ id: 'LevelHistory' });

/** How the payload of each kind is told. */
const PAYLOADS: { readonly [Kind in EventKind]: (payload: PayloadOf<Kind>) => Extract<MarketEvent, { kind: Kind }>['payload'] } = {
  market_opened: ({ name, clock }) => ({ name, clock }),
  terms_changed: ({ terms }) => termsTold(terms),
  prices_changed: ({ fromMicros, levelMicros, clearingMicros, through, ...counts }) => ({
    from: formatMicros(fromMicros),
    level: formatMicros(levelMicros),
    clearing: formatMicros(clearingMicros),
    through: through.toString(),
    ...counts,
  }),
  site_added: siteTold,
  capacity_changed: siteTold,
  status_changed: (payload) => payload,
  clock_advanced: (payload) => payload,
  bid_accepted: ({ bidId, completion, paymentMicros }) => ({
    bidId: bidId.toString(),
    outcome: 'accepted',
    completion,
    payment: formatMicros(paymentMicros),
  }),
  bid_refused: ({ bidId, code }) => ({ bidId: bidId.toString(), outcome: 'refused', reason: code }),
  window_opened: ({ windowId, siteId, amounts, taken, ...rest }) => ({
    ...rest,
    windowId: windowId.toString(),
    siteId: siteId === null ? null : siteId.toString(),
    amounts: amounts && unitsIn(amounts),
    taken: [...taken],
  }),
  window_closed: ({ windowId, slot: at }) => ({ windowId: windowId.toString(), slot: at }),
  window_settled: ({ windowId }) => ({ windowId: windowId.toString() }),
  allocation_repaired: ({ revision, completion, ...hit }) => ({ ...hitTold(hit), revision, completion }),
  allocation_failed: hitTold,
  allocation_left: hitTold,
  allocation_cancelled: ({ bidId, slot: at, returnedMicros, keptMicros }) => ({
    bidId: bidId.toString(),
    slot: at,
    returned: formatMicros(returnedMicros),
    kept: formatMicros(keptMicros),
  }),
};

const unitsIn = (milli: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(milli).map(([resource, quantity]) => [resource, quantity / 1000]));

function hitTold({ bidId, windowId, cause: why, slot: at, returnedMicros }: PayloadOf<'allocation_failed'>) {
  return { bidId: bidId.toString(), windowId: windowId.toString(), cause: why, slot: at, returned: formatMicros(returnedMicros) };
}

function siteTold({ siteId, name, capacityMilli }: PayloadOf<'site_added'>): z.output<typeof siteNow> {
  return { siteId: siteId.toString(), name, capacity: unitsIn(capacityMilli) };
}

/** An entry of a market's log as it is told. */
export function eventTold({
  sequence,
  at,
  event,
}: {
  readonly sequence: bigint;
  readonly at: Date;
  readonly event: LogEvent;
}): MarketEvent {
  const told = PAYLOADS[event.kind] as (payload: LogEvent['payload']) => MarketEvent['payload'];
  return { sequence: sequence.toString(), kind: event.kind, at: at.toISOString(), payload: told(event.payload) } as MarketEvent;
}

/** The last thing that a stream says, where it ends for good. */
export const streamEnd = z.strictObject({ reason: z.enum(['key_revoked', 'session_over']) }).meta({ id: 'StreamEnd' });

const messageOf = <Kind extends EventKind>(kind: Kind) => z.strictObject({ id: sequence, event: z.literal(kind), data: EVENTS[kind] });

/** One message of a stream, its `data` parsed; beside them come comments and `retry`, which are for whoever keeps the connection. */
export const streamMessage = z
  .discriminatedUnion('event', [
    messageOf('market_opened'),
    messageOf('terms_changed'),
    messageOf('prices_changed'),
    messageOf('site_added'),
    messageOf('capacity_changed'),
    messageOf('status_changed'),
    messageOf('clock_advanced'),
    messageOf('bid_accepted'),
    messageOf('bid_refused'),
    messageOf('window_opened'),
    messageOf('window_closed'),
    messageOf('window_settled'),
    messageOf('allocation_repaired'),
    messageOf('allocation_failed'),
    messageOf('allocation_left'),
    messageOf('allocation_cancelled'),
    z.strictObject({ event: z.literal('end'), data: streamEnd }),
  ])
  .meta({
    id: 'StreamMessage',
    description:
      'A message of the stream by its fields `id`, `event` and `data`; `data` is that object as JSON text. `id` is the sequence number; `end` has none.',
  });

/** Which component each kind is described by, as OpenAPI's discriminator names them. */
function mappingOf(events: Readonly<Record<string, z.ZodType>>): Record<string, string> {
  return Object.fromEntries(Object.entries(events).map(([kind, event]) => [kind, `#/components/schemas/${String(event.meta()?.id)}`]));
}

/** A sequence number of a market's log as text, or 0 for before the first. */
export const SEQUENCE_TEXT = /^(?:0|[1-9]\d{0,17})$/;
const afterText = once(z.string().regex(SEQUENCE_TEXT, 'must be a sequence number'));
/** The query of a stream or a page of events. */
export const eventsQuery = z.strictObject({ after: afterText.optional() });
