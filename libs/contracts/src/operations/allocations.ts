import { BIDDERS, defineOperations, MEMBERS } from '../operation.js';
import { allocationPage, allocationsQuery, cancelBody, cancellationQuote, cancelled } from '../schemas/allocations.js';
import { LIMITS } from '../limits.js';
import { allocation, bid, changeBody, queuedBid } from '../schemas/bids.js';
import { paidPrices } from '../schemas/paid-prices.js';

const tag = 'bids';

/** Operations on what was sold. */
export const allocationOperations = defineOperations({
  listAllocations: {
    method: 'GET',
    path: '/v1/allocations',
    tag,
    summary: 'What became of accepted bids, in the order in which they were placed',
    description:
      'Bidders see their own, operators and auditors those of their markets. Filters: `state`, `marketId`, `siteId` (allocations that take anything of it), `organisationId`.',
    policy: MEMBERS,
    query: allocationsQuery,
    responses: { 200: { description: 'A page of allocations', schema: allocationPage } },
  },
  getAllocation: {
    method: 'GET',
    path: '/v1/allocations/{bidId}',
    tag,
    summary: 'What an accepted bid got, and what became of it: its schedule, its payment line by line, its slots, and what came back',
    policy: MEMBERS,
    responses: { 200: { description: 'The allocation', schema: allocation } },
  },
  explainPayment: {
    method: 'GET',
    path: '/v1/allocations/{bidId}/prices',
    tag,
    summary: 'Why each line of a payment costs what it does: the rule of that moment, what was sold and what there was',
    description: 'As of the entry before the decision. Of a repaired allocation it is the payment of the plan that was bought.',
    policy: MEMBERS,
    responses: { 200: { description: 'The lines with what their prices follow from', schema: paidPrices } },
    problems: ['pricing_busy'],
  },
  quoteCancellation: {
    method: 'POST',
    path: '/v1/allocations/{bidId}/cancellation-quotes',
    tag,
    summary: 'What cancelling an allocation would bring back now',
    description:
      'Each slot that has not begun brings back the lower of what was paid and of what it would be sold for now, less 10 % of the next three slots and 2 % of later ones. Where a repair made the allocation late it is free. Reserves nothing; the quote stands for five minutes, in its slot, as long as it would be answered the same.',
    policy: BIDDERS,
    scope: 'allocations:read',
    repeatable: true,
    responses: { 200: { description: 'The quote', schema: cancellationQuote } },
    problems: ['allocation_over', 'repairs_under_way'],
  },
  cancelAllocation: {
    method: 'POST',
    path: '/v1/allocations/{bidId}/cancel',
    tag,
    summary: 'Cancel an allocation by a quote: it comes to what the quote says, or nothing is done',
    policy: BIDDERS,
    scope: 'allocations:write',
    body: cancelBody,
    responses: { 200: { description: 'It is cancelled', schema: cancelled } },
    problems: ['allocation_over', 'repairs_under_way', 'quote_expired', 'cancellation_outdated'],
  },
  changeAllocation: {
    method: 'POST',
    path: '/v1/allocations/{bidId}/change',
    tag,
    summary: 'Change an allocation: cancel it by a quote and place a bid in one step, or leave all as it is',
    description:
      'The bid is decided as the allocation is cancelled, at one price version: its slots are free for the bid, and what comes back may pay for it. Accepted, the allocation is cancelled for it; refused, nothing has changed. Where the quote does not stand any more the bid is refused, and answered with 412 and a new one. Waits 30 seconds for the decision where Prefer says nothing. The same key and body again give the same answer.',
    policy: BIDDERS,
    scope: 'allocations:write',
    alsoScope: 'bids:write',
    idempotent: true,
    headers: { Prefer: 'wait=N waits up to N seconds (at most 30) for the decision and answers with it.' },
    body: changeBody,
    bodyValues: LIMITS.bidValues,
    responses: {
      200: { description: 'Decided while you waited', schema: bid, headers: ['Idempotency-Replayed', 'Preference-Applied'] },
      202: { description: 'Stored; the decision follows', schema: queuedBid, headers: ['Idempotency-Replayed', 'Preference-Applied'] },
    },
    problems: [
      'allocation_over',
      'quote_expired',
      'cancellation_outdated',
      'market_paused',
      'market_closed',
      'key_reused',
      'too_many_undecided',
      'overloaded',
      'waits_under_way',
    ],
  },
});
