/** Life after the sale: what becomes of allocations, and who may see it. */
export {
  ALLOCATION_MOVES,
  ALLOCATION_STATES,
  mayFollow,
  SLOT_MOVES,
  SLOT_STATES,
  slotStateAt,
  stateAt,
  type AllocationState,
  type SlotState,
  type Standpoint,
} from './states.js';
export { ReadAllocations, type AllocationOutcome, type AllocationsOutcome } from './read-allocations.js';
export type { AllocationFilter, AllocationLife, AllocationReader, AllocationReturn, AllocationSlot, AllocationSummary } from './ports.js';
