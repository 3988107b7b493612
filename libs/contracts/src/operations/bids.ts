import { BIDDERS, defineOperations, MEMBERS } from '../operation.js';
import { bid, bidBody, bidPage, bidsQuery, bulkBody, bulkResult, queuedBid } from '../schemas/bids.js';
import { LIMITS } from '../limits.js';
import { density } from '../schemas/paid-prices.js';
import { bidReceipt } from '../schemas/receipts.js';
import { why } from '../schemas/why.js';

const tag = 'bids';

/** Operations on bids. */
export const bidOperations = defineOperations({
  placeBid: {
    method: 'POST',
    path: '/v1/markets/{marketId}/bids',
    tag,
    summary: 'Place a bid',
    description:
      'Acknowledged once it is on disk. It is decided at once and for good. The same key and body again give the same answer with Idempotency-Replayed: true.',
    policy: BIDDERS,
    idempotent: true,
    headers: {
      Prefer: 'wait=N waits up to N seconds (at most 30) for the decision and answers with it.',
      'If-Match':
        'The id of a quote for this job: the bid pays and completes as the quote said, or is refused, and answered with 412 and the new quote. Waits 30 seconds for the decision where Prefer says nothing.',
    },
    body: bidBody,
    bodyValues: LIMITS.bidValues,
    responses: {
      200: { description: 'Decided while you waited (Prefer: wait)', schema: bid, headers: ['Idempotency-Replayed', 'Preference-Applied'] },
      202: { description: 'Stored; the decision follows', schema: queuedBid, headers: ['Idempotency-Replayed', 'Preference-Applied'] },
    },
    problems: ['market_paused', 'market_closed', 'key_reused', 'quote_outdated', 'too_many_undecided', 'overloaded', 'waits_under_way'],
  },
  placeBids: {
    method: 'POST',
    path: '/v1/markets/{marketId}/bids/bulk',
    tag,
    summary: 'Place up to 1,000 bids, each with its own key',
    description:
      'A result for each, in order: its id, or its problem. One bad bid costs only its own result. `Retry-After` comes where bids were turned away for now.',
    policy: BIDDERS,
    body: bulkBody,
    repeatable: true, // each bid has its key
    bodyValues: LIMITS.bulkValues,
    responses: { 200: { description: 'A result for each bid', schema: bulkResult, headers: ['Retry-After'] } },
    problems: ['too_many_undecided', 'overloaded'],
  },
  listBids: {
    method: 'GET',
    path: '/v1/markets/{marketId}/bids',
    tag,
    summary: 'Bids in the order in which they were placed',
    description: 'Bidders see their own.',
    policy: MEMBERS,
    query: bidsQuery,
    responses: { 200: { description: 'A page of bids', schema: bidPage } },
  },
  getBid: {
    method: 'GET',
    path: '/v1/bids/{bidId}',
    tag,
    summary: 'A bid and its decision',
    policy: MEMBERS,
    responses: { 200: { description: 'The bid', schema: bid } },
  },
  readDensity: {
    method: 'GET',
    path: '/v1/bids/{bidId}/density',
    tag,
    summary: 'What a bid reports of demand, where prices are learnt: its density, and what it takes',
    description:
      'The level of prices at which the market, with nothing sold, would just not sell to it. It counts for later levels, accepted or not, and is measured a moment after the bid was answered.',
    policy: MEMBERS,
    responses: { 200: { description: 'The density', schema: density } },
  },
  readReceipt: {
    method: 'GET',
    path: '/v1/bids/{bidId}/receipt',
    tag,
    summary: 'The receipt of a bid: the link of its decision in the chain of hashes over the log of its market, checked now',
    description:
      'Written some seconds after the decision; `receipt` is null before. `findings` says what is not any more as it was then: rows, the receipt itself, its place in the chain. `hash` is the SHA-256 of the JSON of the list `[marketId, sequence, algorithm, inputHash, priceHash, rows, previousHash]`, all of them text, without spaces: whoever keeps it can tell later that the log up to there is the same.',
    policy: MEMBERS,
    responses: { 200: { description: 'The receipt', schema: bidReceipt } },
  },
  explainBid: {
    method: 'GET',
    path: '/v1/bids/{bidId}/why',
    tag,
    summary: 'Why a bid is refused, and the least changes that pass',
    description:
      'At the prices of this moment, by the rule that decides: the cells that are short or dear, and the least value, the earliest later completion, other sites for the data or the deposit with which the bid is accepted. A micro-credit less is refused. Reserves nothing.',
    policy: MEMBERS,
    responses: { 200: { description: 'The explanation', schema: why } },
    problems: ['pricing_busy', 'quote_failed', 'market_unknown'],
  },
});
