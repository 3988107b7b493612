import type { EventKind, LogEvent, PayloadOf } from '#log';
import { formatMicros } from '#units';
import { z } from 'zod';
import { REFUSAL_CODES } from '../refusals.js';
import { clockKind, marketStatus, oracleVersion, postedPrices, termsTold } from './markets.js';
import { amount, id, once, slot, time } from './primitives.js';

const sequence = z
  .string()
  .regex(/^[1-9]\d*$/)
  .describe('The number of the event in the log of its market.');

const eventOf = <Kind extends string, Payload extends z.ZodType>(name: string, kind: Kind, payload: Payload, description: string) =>
  z.strictObject({ sequence, kind: z.literal(kind), at: time, payload }).meta({ id: name, description });

const siteNow = z.strictObject({ siteId: id, name: z.string(), capacity: z.record(z.string(), z.number()) });

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
    z.strictObject({ policy: z.literal('eris'), oracle: oracleVersion, prices: postedPrices }),
    'The market decides by these terms from here on.',
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
} as const satisfies Readonly<Record<EventKind, z.ZodType>>;

/** The names of all types of events, as they are told. */
export const eventKinds = Object.keys(EVENTS) as readonly EventKind[];

/** Any event: what the `data` of a stream's messages holds. */
export const marketEvent = z
  .discriminatedUnion('kind', [
    EVENTS.market_opened,
    EVENTS.terms_changed,
    EVENTS.site_added,
    EVENTS.capacity_changed,
    EVENTS.status_changed,
    EVENTS.clock_advanced,
    EVENTS.bid_accepted,
    EVENTS.bid_refused,
  ])
  .meta({ id: 'MarketEvent', discriminator: { propertyName: 'kind', mapping: mappingOf(EVENTS) } });
/** An event as it is told. */
export type MarketEvent = z.output<typeof marketEvent>;

/** How the payload of each kind is told. */
const PAYLOADS: { readonly [Kind in EventKind]: (payload: PayloadOf<Kind>) => Extract<MarketEvent, { kind: Kind }>['payload'] } = {
  market_opened: ({ name, clock }) => ({ name, clock }),
  terms_changed: ({ terms }) => termsTold(terms),
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
};

function siteTold({ siteId, name, capacityMilli }: PayloadOf<'site_added'>): z.output<typeof siteNow> {
  const units = Object.entries(capacityMilli).map(([resource, milli]) => [resource, milli / 1000]);
  return { siteId: siteId.toString(), name, capacity: Object.fromEntries(units) as Record<string, number> };
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
    messageOf('site_added'),
    messageOf('capacity_changed'),
    messageOf('status_changed'),
    messageOf('clock_advanced'),
    messageOf('bid_accepted'),
    messageOf('bid_refused'),
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
