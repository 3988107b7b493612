import { REFUSAL_CODES } from '#mechanism';
import { amount, type Codec, fields, id, listOf, oneOf, orNull, quantities, text, whole } from './codec.js';
import { marketTerms } from './terms.js';

/** Who reads of it: every member of the market, or only the organisation that the entry names and the operator. */
export type Audience = 'members' | 'owner';

/**
 * What an event does to the prices that later bids are asked. kept: nothing. moved: what is sold, or the window, is another one, and a book
 * follows by the slots in question. releveled: all prices are others, by one number. rebuilt: the market has other terms, sites or capacities, and a book is made anew.
 */
export type PriceEffect = 'kept' | 'moved' | 'releveled' | 'rebuilt';

interface EventType<Payload, Remakes extends boolean = boolean> {
  readonly audience: Audience;
  readonly prices: PriceEffect;
  /** Whether the market is made of something else after it: other terms, sites or windows. */
  readonly remakes: Remakes;
  /** Of the payload's format and meaning, as it is written now. */
  readonly version: number;
  /** Versions with the same payload that meant something else, and stay what they were. */
  readonly older?: readonly number[];
  readonly payload: Codec<Payload>;
}

type Described<Payload> = Omit<EventType<Payload>, 'remakes'>;
const type = <Payload>(described: Described<Payload>): EventType<Payload, false> => ({ ...described, remakes: false });
/** A type whose events make the market of something else: what, is to be said in libs/market's book. */
const remaking = <Payload>(described: Described<Payload>): EventType<Payload, true> => ({ ...described, remakes: true });

const clockKind = oneOf('manual', 'realtime');
const status = oneOf('open', 'paused', 'closed');
const siteNow = fields({ siteId: id, name: text, capacityMilli: quantities });

/** Why capacity is withdrawn (docs/lifecycle.md). */
export const WINDOW_CAUSES = ['site_down', 'capacity_lost', 'bandwidth_lost', 'maintenance', 'data_lost'] as const;
/** One of them. */
export type WindowCause = (typeof WINDOW_CAUSES)[number];

const windowKind = oneOf('outage', 'maintenance');
const windowScope = oneOf('site', 'bandwidth', 'market');
/** What went back of an allocation, and because of which window. */
const returned = { bidId: id, windowId: id, cause: oneOf(...WINDOW_CAUSES), slot: whole, returnedMicros: amount };

/**
 * What happens in a market: one line for each type of entry of its log. Payloads are what the market works with (ids, slots, milli-units,
 * micro-credits); what the API says of them is libs/contracts' to say. A new type is a line here, one in contracts, and one in the replay, and if it
 * remakes the market one in its book; the compiler asks for those.
 */
export const EVENT_TYPES = {
  market_opened: remaking({
    audience: 'members',
    prices: 'rebuilt',
    version: 1,
    payload: fields({ name: text, clock: clockKind, terms: marketTerms }),
  }),
  /** Version 1: prices could be other ones at any time. Since then they are only where no bid was decided in the slot; `terms.next` is what they become as it ends. */
  terms_changed: remaking({ audience: 'members', prices: 'rebuilt', version: 2, older: [1], payload: fields({ terms: marketTerms }) }),
  /**
   * A learnt level: `levelMicros` follows from the bids of the log up to entry `through`, looked at in the slot in which the market stands; of the bids
   * after it, `left` are not measured yet. `clearingMicros` is what clears the demand, before the rule's floor and ceiling. Version 1: it could come at any
   * time. Since then it comes only where no bid was decided in the slot, once there is a horizon of slots to look back at.
   */
  prices_changed: remaking({
    audience: 'members',
    prices: 'releveled',
    version: 2,
    older: [1],
    payload: fields({
      fromMicros: amount,
      levelMicros: amount,
      clearingMicros: amount,
      through: id,
      left: whole,
      slots: whole,
      bids: whole,
      organisations: whole,
      doubted: whole,
    }),
  }),
  site_added: remaking({ audience: 'members', prices: 'rebuilt', version: 1, payload: siteNow }),
  capacity_changed: remaking({ audience: 'members', prices: 'rebuilt', version: 1, payload: siteNow }),
  status_changed: type({ audience: 'members', prices: 'kept', version: 1, payload: fields({ from: status, status }) }),
  /** Version 1: slots that have run were earned at once. Since then they are retained until their job is complete. */
  clock_advanced: type({ audience: 'members', prices: 'moved', version: 2, older: [1], payload: fields({ from: whole, slot: whole }) }),
  window_opened: remaking({
    audience: 'members',
    prices: 'rebuilt',
    version: 1,
    payload: fields({
      windowId: id,
      window: windowKind,
      cause: oneOf(...WINDOW_CAUSES),
      scope: windowScope,
      siteId: orNull(id),
      amounts: orNull(quantities),
      from: whole,
      to: orNull(whole),
      taken: listOf(whole),
    }),
  }),
  window_closed: remaking({ audience: 'members', prices: 'rebuilt', version: 1, payload: fields({ windowId: id, slot: whole }) }),
  window_settled: remaking({ audience: 'members', prices: 'rebuilt', version: 1, payload: fields({ windowId: id }) }),
  allocation_repaired: type({
    audience: 'owner',
    prices: 'rebuilt',
    version: 1,
    payload: fields({ ...returned, revision: whole, completion: whole }),
  }),
  allocation_failed: type({ audience: 'owner', prices: 'rebuilt', version: 1, payload: fields(returned) }),
  /** Its bidder would rather have its money back than be late. */
  allocation_left: type({ audience: 'owner', prices: 'rebuilt', version: 1, payload: fields(returned) }),
  /** Its bidder gave back what had not begun, by a quote: what of the price was not returned is earned. */
  allocation_cancelled: type({
    audience: 'owner',
    prices: 'rebuilt',
    version: 1,
    payload: fields({ bidId: id, slot: whole, returnedMicros: amount, keptMicros: amount }),
  }),
  bid_accepted: type({
    audience: 'owner',
    prices: 'moved',
    version: 1,
    payload: fields({ bidId: id, completion: whole, paymentMicros: amount }),
  }),
  bid_refused: type({ audience: 'owner', prices: 'kept', version: 1, payload: fields({ bidId: id, code: oneOf(...REFUSAL_CODES) }) }),
} as const;

/** The name of a type of event. */
export type EventKind = keyof typeof EVENT_TYPES;
/** What an event of that type holds, as the market knows it. */
export type PayloadOf<Kind extends EventKind> = (typeof EVENT_TYPES)[Kind] extends EventType<infer Payload> ? Payload : never;

/** An event of a kind, or of any. */
export type LogEvent<Kind extends EventKind = EventKind> = {
  [Each in Kind]: { readonly kind: Each; readonly payload: PayloadOf<Each> };
}[Kind];

/** The names of those that make the market of something else. */
export type RemakingKind = { [Kind in EventKind]: (typeof EVENT_TYPES)[Kind]['remakes'] extends true ? Kind : never }[EventKind];

/** The names of all types. */
export const EVENT_KINDS = Object.keys(EVENT_TYPES) as readonly EventKind[];

/** The kinds with one of these effects on prices. */
export const kindsThat = (...effects: readonly PriceEffect[]): readonly EventKind[] =>
  EVENT_KINDS.filter((kind) => effects.includes(EVENT_TYPES[kind].prices));

/** The kinds that an audience reads. */
export const kindsFor = (audience: Audience): readonly EventKind[] => EVENT_KINDS.filter((kind) => EVENT_TYPES[kind].audience === audience);

/** Whether a value is the name of a type. */
export const isEventKind = (kind: unknown): kind is EventKind => typeof kind === 'string' && Object.hasOwn(EVENT_TYPES, kind);

/** Whether a market is made of something else after the event. */
export const isRemaking = (event: LogEvent): event is LogEvent<RemakingKind> => EVENT_TYPES[event.kind].remakes;

/** Whether events of that type may change posted prices. */
export const movesPrices = (kind: EventKind): boolean => EVENT_TYPES[kind].prices !== 'kept';
