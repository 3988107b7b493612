/** What may take long: where it is done, how much at a time, and whose turn it is. */
export { type Busy, BUSY, QUOTE_FAILED } from './busy.js';
export type { ExplainAnswer, ExplainTask } from './explain-task.js';
export { CELLS_AT_ONCE_MAX, isLongMenu, mayTakeLong } from './effort.js';
export { FairQueue, type FairLimits, type FairRefusal, type Party, TurnTooLate } from './fair-queue.js';
export { atOnce, type InTurn } from './in-turn.js';
export {
  answerOf,
  type BatchDraft,
  type BatchTask,
  createThinker,
  type QuoteAnswer,
  type QuoteTask,
  type Thinker,
  ThinkingFailed,
} from './thinker.js';
