/** Learning prices: measuring bids after they were answered, and posting the level that follows from the log. */
export {
  FOLD_START,
  type FoldMark,
  LearningFold,
  type Measurable,
  measure,
  type MeasureTask,
  measureTaskOf,
  reportOf,
  type ReportingBid,
} from './fold.js';
export { LearnPrices } from './learn-prices.js';
export { type LevelEntry, type LevelReader, type Levels, type LevelsOutcome, ListLevels } from './list-levels.js';
export { type DensityOutcome, type DensityReader, ReadDensity, type StoredDensity } from './read-density.js';
export { stateAfter } from './market-change.js';
export type {
  LearningCursor,
  LearningEntry,
  LearningPage,
  LearningSave,
  LearningStart,
  LearningStore,
  LevelChange,
  MeasuredBid,
  PreparedLevel,
} from './ports.js';
