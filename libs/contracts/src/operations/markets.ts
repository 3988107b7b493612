import { LIMITS } from '../limits.js';
import { BIDDERS, defineOperations, MEMBERS, OPERATORS } from '../operation.js';
import { bidBody, quote } from '../schemas/bids.js';
import { eventsQuery, streamMessage } from '../schemas/events.js';
import {
  addSiteBody,
  advanceClockBody,
  changeCapacityBody,
  changedSite,
  changeMarketBody,
  clock,
  createMarketBody,
  market,
  marketPage,
  marketsQuery,
  priceList,
  pricesQuery,
  site,
  sitePage,
  sitesQuery,
} from '../schemas/markets.js';

const tag = 'markets';

const STREAM = `The whole log from its first entry on, or from after a sequence number, then what happens as it happens.

Each message has \`id\` (the sequence number in the market), \`event\` (the kind) and \`data\` (the event as JSON: MarketEvent, a union by \`kind\`).
Sequence numbers rise without gap or repeat; of those that a bidder may not see (decisions of others' bids) it is not told.

The stream begins with \`retry: 1000\`; where nothing happens a comment (\`: still here\`) comes every 15 seconds, so that a stream silent for much longer is dead.
Go on after a break with the last \`id\` in \`Last-Event-ID\`, or with \`?after=\`; the header wins. Where the key was revoked the last message is \`event: end\`
with {"reason":"key_revoked"} (where a browser signed out: "session_over") and without \`id\`: asking again is then 401. Every other end is a break. The connection takes nothing else.`;

/** Operations on markets and sites. */
export const marketOperations = defineOperations({
  createMarket: {
    method: 'POST',
    path: '/v1/markets',
    tag,
    summary: 'Open a market',
    description:
      'Its prices are posted by one of three rules: `learning`, by share of capacity at a level that is learnt from the bids, also where nothing is said; `flat`, at a level that is given; or `paper`, which rise with what is sold.',
    policy: OPERATORS,
    body: createMarketBody,
    responses: { 201: { description: 'The new market', schema: market } },
    problems: ['name_taken'],
  },
  listMarkets: {
    method: 'GET',
    path: '/v1/markets',
    tag,
    summary: 'The markets that you are a member of',
    policy: MEMBERS,
    query: marketsQuery,
    responses: { 200: { description: 'A page of markets, in the order in which they were opened', schema: marketPage } },
  },
  getMarket: {
    method: 'GET',
    path: '/v1/markets/{marketId}',
    tag,
    summary: 'A market',
    policy: MEMBERS,
    responses: { 200: { description: 'The market', schema: market } },
  },
  changeMarket: {
    method: 'PATCH',
    path: '/v1/markets/{marketId}',
    tag,
    summary: 'Pause, resume or close a market, or change its oracle',
    description:
      'A paused market keeps its queued bids and takes no new ones. Closing is for good: queued bids are refused. Another version of the oracle decides what is decided from then on.',
    policy: OPERATORS,
    body: changeMarketBody,
    responses: { 200: { description: 'The market as it is now', schema: market } },
    problems: ['market_closed', 'repairs_under_way'],
  },
  addSite: {
    method: 'POST',
    path: '/v1/markets/{marketId}/sites',
    tag,
    summary: 'Add an edge site',
    policy: OPERATORS,
    body: addSiteBody,
    responses: { 201: { description: 'The new site', schema: site } },
    problems: ['market_too_large', 'name_taken', 'market_closed', 'repairs_under_way'],
  },
  listSites: {
    method: 'GET',
    path: '/v1/markets/{marketId}/sites',
    tag,
    summary: 'The sites of a market',
    policy: MEMBERS,
    query: sitesQuery,
    responses: { 200: { description: 'A page of sites, in their order; all of them where no limit is said', schema: sitePage } },
  },
  changeCapacity: {
    method: 'PATCH',
    path: '/v1/markets/{marketId}/sites/{siteId}',
    tag,
    summary: 'Change the capacity of a site',
    description:
      'Holds from the current slot on. More capacity can lower prices. Where more is sold than would be left the answer is 409 with the preview of a window without an end that withdraws the difference; with its digest in `If-Match` that window is opened, and `windowId` names it.',
    policy: OPERATORS,
    headers: {
      'If-Match':
        'The digest of that preview: what is sold above the capacity is taken back if that does what the preview says, or not at all.',
    },
    body: changeCapacityBody,
    responses: { 200: { description: 'The site as it is now', schema: changedSite } },
    problems: ['capacity_sold', 'market_closed', 'repairs_under_way', 'window_overlaps', 'preview_outdated'],
  },
  advanceClock: {
    method: 'POST',
    path: '/v1/markets/{marketId}/clock',
    tag,
    summary: 'Move a manual clock forward',
    description:
      'First waits for the decisions of bids that were acknowledged before; a paused market that has such bids has to be resumed first. What slots cost that have run is then retained, and earned with the last slot of a job, in a closed market too. A move by more than the slots on sale needs `confirm`.',
    policy: OPERATORS,
    body: advanceClockBody,
    responses: { 200: { description: 'Where the clock stands', schema: clock } },
    problems: ['not_manual', 'clock_backwards', 'clock_leap', 'market_paused', 'decisions_pending', 'repairs_under_way'],
  },
  readPrices: {
    method: 'GET',
    path: '/v1/markets/{marketId}/prices',
    tag,
    summary: 'Posted prices per slot: bandwidth per MB, resources per unit and slot',
    description:
      'From `from` to `to`, both included; by default the whole window that is on sale. At most 500 slots and, beside those of the first slot, 20,000 prices an answer: `nextSlot` says from where to ask on, null where all have been told.',
    policy: MEMBERS,
    query: pricesQuery,
    responses: { 200: { description: 'The prices that the next bid pays', schema: priceList } },
    problems: ['pricing_busy'],
  },
  quoteBid: {
    method: 'POST',
    path: '/v1/markets/{marketId}/quotes',
    tag,
    summary: 'The whole menu for a job, and the best choice for its valuation',
    description:
      'Reserves nothing. The prices are those of `priceVersion`; another bid may change them. A bid that names the `id` in If-Match pays what `best` says, or is not accepted.',
    policy: BIDDERS,
    scope: 'bids:read',
    repeatable: true,
    body: bidBody,
    bodyValues: LIMITS.bidValues,
    responses: { 200: { description: 'The menu', schema: quote, headers: ['ETag'] } },
    problems: ['pricing_busy', 'quote_failed'],
  },
  streamEvents: {
    method: 'GET',
    path: '/v1/markets/{marketId}/events',
    tag,
    summary: 'The log of a market as server-sent events',
    description: STREAM,
    policy: MEMBERS,
    headers: { 'Last-Event-ID': 'Go on after this sequence number; the query parameter `after` does the same.' },
    query: eventsQuery,
    responses: {
      200: {
        description: 'Events, oldest first, then as they happen',
        mediaType: 'text/event-stream',
        message: streamMessage,
        headers: ['X-Accel-Buffering'],
      },
    },
    problems: ['streams_open'],
  },
});
