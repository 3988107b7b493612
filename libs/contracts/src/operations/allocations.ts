import { defineOperations, MEMBERS } from '../operation.js';
import { allocationPage, allocationsQuery } from '../schemas/allocations.js';
import { allocation } from '../schemas/bids.js';

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
});
