import { BIDDERS, defineOperations, MEMBERS } from '../operation.js';
import { allocationPage, allocationsQuery, cancelBody, cancellationQuote, cancelled } from '../schemas/allocations.js';
import { allocation } from '../schemas/bids.js';
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
});
