import type { InputOf } from '#sdk';

/** What stands in the address of each page: the state of its view. What is wrong in it is left out. */
type Given = Readonly<Record<string, unknown>>;

const TEXT_LENGTH_MAX = 100;

const textIn = (given: unknown): string | undefined =>
  (typeof given === 'string' || typeof given === 'number') && String(given) !== '' ? String(given).slice(0, TEXT_LENGTH_MAX) : undefined;
const oneOf = <Id extends string>(given: unknown, ids: readonly Id[]): Id | undefined => ids.find((id) => id === given);
const wholeIn = (given: unknown): number | undefined => (/^\d{1,15}$/.test(String(given)) ? Number(given) : undefined);

/** Leaves out what is not there, so that an address says only what differs from the usual. */
function only<Search extends object>(search: Search): { [Name in keyof Search]?: Exclude<Search[Name], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Search]?: Exclude<Search[Name], undefined>;
  };
}

/** What a heat map shows. */
export type Measure = 'sold' | 'price';

/** Of the overview. `at`: the sequence number of the moment that is shown. */
export const overviewSearch = (given: Given) =>
  only({
    resource: textIn(given.resource),
    measure: oneOf(given.measure, ['sold', 'price'] as const),
    view: oneOf(given.view, ['map', 'table'] as const),
    at: wholeIn(given.at),
    slot: wholeIn(given.slot),
  });

/** Of how a price has moved. */
export const pricesSearch = (given: Given) =>
  only({ resource: textIn(given.resource), site: textIn(given.site), slot: wholeIn(given.slot) });

/** Of the list of bids. */
export const bidsSearch = (given: Given) =>
  only({
    status: oneOf(given.status, ['queued', 'accepted', 'refused'] as const),
    reason: textIn(given.reason),
    label: textIn(given.label),
    organisation: wholeIn(given.organisation),
    sort: oneOf(given.sort, ['placed', 'decided', 'value', 'payment'] as const),
    order: oneOf(given.order, ['ascending', 'descending'] as const),
    group: oneOf(given.group, ['status', 'reason', 'label', 'organisation'] as const),
  });
/** States of an allocation, in the order in which it goes through them. */
export const ALLOCATION_STATES = ['scheduled', 'running', 'completed', 'cancelled', 'failed'] as const;

/** Of the list of allocations. */
export const allocationsSearch = (given: Given) => only({ state: oneOf(given.state, ALLOCATION_STATES) });
/** What the list of allocations is narrowed to. */
export type AllocationsSearch = ReturnType<typeof allocationsSearch>;

/** What the list of bids is narrowed to. */
export type BidsSearch = ReturnType<typeof bidsSearch>;

type Query = NonNullable<InputOf<'searchBids'>['query']>;

/** What the API is asked for by the address of the page. */
export function bidQueryOf({ status, reason, label, organisation, sort, order }: BidsSearch) {
  return {
    ...(status && { status }),
    ...(reason !== undefined && { reason: reason as NonNullable<Query['reason']> }),
    ...(label !== undefined && { labelPrefix: label }),
    ...(organisation !== undefined && { organisationId: String(organisation) }),
    ...(sort && { sort }),
    ...(order && { order }),
  };
}

/** The same as its type. */
export type BidQuery = ReturnType<typeof bidQueryOf>;

/** Of the form of a bid: what it is filled with, a change of a bid that would pass. */
export const quoteSearch = (given: Given) => only({ from: textIn(given.from), change: wholeIn(given.change) });

/** Of sites. */
export const flowSearch = (given: Given) => only({ site: textIn(given.site) });

/** Of an account: the month of the statement, such as 2026-11. */
export const monthSearch = (given: Given) => only({ month: /^\d{4}-\d{2}$/.test(String(given.month)) ? String(given.month) : undefined });

/** Of keys: of one organisation. */
export const keysSearch = (given: Given) => only({ organisation: textIn(given.organisation) });
