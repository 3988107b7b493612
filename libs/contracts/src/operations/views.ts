import { defineOperations, MEMBERS } from '../operation.js';
import { bidPage } from '../schemas/bids.js';
import { book, bookQuery, priceHistory, priceHistoryQuery } from '../schemas/book.js';
import { levelHistory, levelsQuery } from '../schemas/events.js';
import { bidGroupPage, groupsQuery, searchQuery, series, seriesQuery } from '../schemas/views.js';

/** Operations that show a market: its book at any moment, what happened over time, and bids by what they are. */
export const viewOperations = defineOperations({
  readBook: {
    method: 'GET',
    path: '/v1/markets/{marketId}/book',
    tag: 'markets',
    summary: 'What is sold, what there is and what it costs, per slot and cell, now or at any past moment',
    description:
      'Rows of a resource of a site, or of bandwidth, with a value for each slot of the window that is on sale, `firstSlot` first. `at` is the number of an entry of the log: the answer is then as it was after it. `from`, `to` (both included), `resource` and `siteId` ask for a part. At most 50,000 cells an answer: `nextSlot` says from where to ask on.',
    policy: MEMBERS,
    query: bookQuery,
    responses: { 200: { description: 'The book at that moment', schema: book } },
    problems: ['pricing_busy', 'sequence_unknown'],
  },
  listPriceHistory: {
    method: 'GET',
    path: '/v1/markets/{marketId}/prices/history',
    tag: 'markets',
    summary: 'How the price of a resource of a site in a slot has moved, and what it followed from each time',
    description:
      'A row for each entry of the log after which the price or what it follows from was another one, oldest first: exact, whatever was sold, repaired or given back. An answer looks through at most 50,000 entries of the log; `nextCursor` goes on.',
    policy: MEMBERS,
    query: priceHistoryQuery,
    responses: { 200: { description: 'A page of prices', schema: priceHistory } },
    problems: ['pricing_busy'],
  },
  listLevels: {
    method: 'GET',
    path: '/v1/markets/{marketId}/levels',
    tag: 'markets',
    summary: 'The learnt level of prices: what it is, how it has moved, and why',
    description:
      'Each change says from where to where, what cleared the demand, and how many slots, bids and organisations that was looked at in; oldest first. Where `measuredThrough` is before `head`, bids after it are not counted yet. A market of another rule has changes from the time when it learnt, if any.',
    policy: MEMBERS,
    query: levelsQuery,
    responses: { 200: { description: 'A page of changes, beside the level now', schema: levelHistory } },
  },
  readSeries: {
    method: 'GET',
    path: '/v1/markets/{marketId}/series',
    tag: 'markets',
    summary: 'What happened in a market over time, or slot by slot: bids, welfare, revenue, queue, waits, prices',
    description:
      'By time (`since`, `until`, `minutes`) or by the slot in which bids arrived (`fromSlot`, `toSlot`, `slots`); the last day in buckets that make a hundred or so where nothing is said, 1,000 buckets at most. Counted behind the log: `upTo` and `head` say how far. For those who oversee the market.',
    policy: { roles: ['operator', 'auditor'] },
    query: seriesQuery,
    responses: { 200: { description: 'The buckets in their order', schema: series } },
  },
  searchBids: {
    method: 'GET',
    path: '/v1/markets/{marketId}/bids/search',
    tag: 'bids',
    summary: 'Bids by what they are, in an order of your choice',
    description:
      'The newest first where nothing is said. `decided`, `value` and `payment` order decided bids only; a value is that of an accepted bid. All bids there are at that moment are looked at. A cursor goes on with the same filters and order, and with no others. Bidders find their own.',
    policy: MEMBERS,
    query: searchQuery,
    responses: { 200: { description: 'A page of bids', schema: bidPage } },
  },
  groupBids: {
    method: 'GET',
    path: '/v1/markets/{marketId}/bids/groups',
    tag: 'bids',
    summary: 'How many bids have a status, reason, label or organisation in common, what they are worth and pay',
    description: 'With the filters of the search. Bidders count their own.',
    policy: MEMBERS,
    query: groupsQuery,
    responses: { 200: { description: 'A page of groups by their keys', schema: bidGroupPage } },
  },
});
