import { type AnswerOf, microsOf, type QueryOf } from '#contracts';
import type {
  BidGrouping,
  BidSearch,
  BidSearchFilter,
  GroupsOutcome,
  SearchOutcome,
  SeriesBucket,
  SeriesOutcome,
  SeriesRange,
} from '#market';
import { formatMicros } from '#units';
import { ProblemError } from '../http/problem-error.js';
import { cursorAfter, placeOfCursor, textOfCursor } from '../http/search-cursor.js';
import { bidView } from './bid-views.js';

type Search = QueryOf<'searchBids'>;
type Groups = QueryOf<'groupBids'>;

const opt = <Given, Made>(given: Given | undefined, make: (given: Given) => Made): Made | undefined =>
  given === undefined ? undefined : make(given);
const dateOf = (text: string): Date => new Date(text);

const filterOf = (query: Omit<Groups, 'by' | 'cursor' | 'limit'>): BidSearchFilter => ({
  status: query.status,
  reason: query.reason,
  label: query.label,
  labelPrefix: query.labelPrefix,
  organisationId: opt(query.organisationId, BigInt),
  placedSince: opt(query.placedSince, dateOf),
  placedBefore: opt(query.placedBefore, dateOf),
  valueMin: opt(query.valueMin, microsOf),
  valueMax: opt(query.valueMax, microsOf),
  paymentMin: opt(query.paymentMin, microsOf),
  paymentMax: opt(query.paymentMax, microsOf),
});

/** What a cursor of a list is bound to. */
const boundTo = <Query extends { readonly cursor?: unknown; readonly limit: unknown }>({ cursor, limit, ...rest }: Query): object => rest;

/** A search as the use case takes it. @throws ProblemError for a cursor of another search. */
export function searchOf(query: Search): BidSearch {
  const { sort, order, cursor, limit, ...filter } = query;
  return { filter: filterOf(filter), sort, descending: order === 'descending', after: placeOfCursor(boundTo(query), cursor), limit };
}

/** A page of bids as the API tells it. */
export const searchView =
  (query: Search) =>
  ({ found, next }: Extract<SearchOutcome, { kind: 'page' }>): AnswerOf<'searchBids'> => ({
    items: found.map(({ bid }) => bidView(bid)),
    nextCursor: next && cursorAfter(boundTo(query), next.key, next.bidId),
  });

/** A count as the use case takes it. @throws ProblemError for a cursor of another count. */
export function groupingOf(query: Groups): BidGrouping {
  const { by, cursor, limit, ...filter } = query;
  return { filter: filterOf(filter), by, after: textOfCursor(boundTo(query), cursor), limit };
}

/** A page of groups as the API tells it. */
export const groupsView =
  (query: Groups) =>
  ({ groups, nextKey }: Extract<GroupsOutcome, { kind: 'page' }>): AnswerOf<'groupBids'> => ({
    items: groups.map(({ key, count, valueMicros, paymentMicros }) => ({
      key: key === '' ? null : key,
      count: Number(count),
      value: formatMicros(valueMicros),
      payment: formatMicros(paymentMicros),
    })),
    nextCursor: nextKey === null ? null : cursorAfter(boundTo(query), nextKey),
  });

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1_440;
/** Buckets of an answer, and of one that says nothing of them. */
const BUCKETS_MAX = 1_000;
const BUCKETS_USUAL = 96;
const SLOTS_USUAL = 100;

/** What a series is asked for by. @throws ProblemError where that is no range, or too many buckets. */
export function seriesRangeOf(query: QueryOf<'readSeries'>, nowMs: number): SeriesRange {
  const bySlot = [query.fromSlot, query.toSlot, query.slots].some((given) => given !== undefined);
  const byTime = [query.since, query.until, query.minutes].some((given) => given !== undefined);
  if (bySlot && byTime) throw wrong('query', 'asks by time or by slot, not both');
  return bySlot ? slotRange(query) : timeRange(query, nowMs);
}

function timeRange({ since, until, minutes }: QueryOf<'readSeries'>, nowMs: number): SeriesRange {
  const minuteOf = (ms: number): number => Math.floor(ms / MS_PER_MINUTE);
  const to = until === undefined ? minuteOf(nowMs) + 1 : Math.ceil(Date.parse(until) / MS_PER_MINUTE);
  const from = since === undefined ? to - MINUTES_PER_DAY : minuteOf(Date.parse(since));
  return checked({ by: 'time', from, to, per: minutes ?? Math.max(1, Math.ceil((to - from) / BUCKETS_USUAL)) }, 'query.until');
}

function slotRange({ fromSlot = 0, toSlot = fromSlot + SLOTS_USUAL - 1, slots }: QueryOf<'readSeries'>): SeriesRange {
  const to = toSlot + 1;
  return checked({ by: 'slot', from: fromSlot, to, per: slots ?? Math.max(1, Math.ceil((to - fromSlot) / BUCKETS_USUAL)) }, 'query.toSlot');
}

/** Minutes and slots fit what they are counted in. */
const MINUTE_MAX = 2_000_000_000;

function checked(range: SeriesRange, path: string): SeriesRange {
  if (range.to <= range.from) throw wrong(path, 'must lie after the beginning');
  if (range.from < 0 || range.to > MINUTE_MAX + 1) throw wrong(path, 'must lie between the years 1970 and 5000');
  if (Math.ceil((range.to - range.from) / range.per) > BUCKETS_MAX)
    throw wrong(path, `must make at most ${BUCKETS_MAX} buckets: ask for larger ones`);
  return range;
}

const wrong = (path: string, message: string): ProblemError => new ProblemError('invalid_query', { errors: [{ path, message }] });

/** A series as the API tells it. */
export const seriesView =
  ({ by }: SeriesRange) =>
  ({ buckets, upTo, head }: Extract<SeriesOutcome, { kind: 'series' }>): AnswerOf<'readSeries'> => ({
    buckets: buckets.map((bucket) => bucketView(bucket, by)),
    upTo: upTo.toString(),
    head: head.toString(),
  });

const bucketView = (bucket: SeriesBucket, by: SeriesRange['by']): AnswerOf<'readSeries'>['buckets'][number] => ({
  at: by === 'time' ? new Date(bucket.at * MS_PER_MINUTE).toISOString() : null,
  slot: by === 'slot' ? bucket.at : null,
  received: bucket.received,
  accepted: bucket.accepted,
  refused: bucket.refused,
  welfare: formatMicros(bucket.valueMicros),
  revenue: formatMicros(bucket.paymentMicros),
  queued: bucket.queued ?? null,
  wait: bucket.wait ? { ...bucket.wait } : null,
  prices: Object.fromEntries(
    bucket.prices.map(({ resource, soldShare, meanPrice }) => [resource, { sold: soldShare, price: formatMicros(meanPrice) }]),
  ),
});
