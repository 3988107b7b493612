/** Training jobs: what they ask for, the oracles that schedule them, the bounds of their steps, and the independent validator. */
export type { Move, Schedule, SlotPlan, TrainingBid, TrainingDecision, TrainingJob, TrainingMenu, TrainingMenuEntry } from './job.js';
export { trainingKind } from './kind.js';
export { COUNT_MAX, parseJob, readabilityIn, type TrainingBody, UNITS_MAX } from './body.js';
export { scheduleCodec } from './plan-codec.js';
export { trainingWire } from './wire.js';
export { footprintOf } from './footprint.js';
export { createOracle } from './oracle/create.js';
export { createDefaultOracle, type DefaultOracle, type OracleOptions } from './oracle/default.js';
export { TRAINING_ANSWERS } from './oracle/answers.js';
export type { OracleName, ScheduleSearch, TrainingOracle } from './oracle/oracle.js';
export { createVersionedOracle, type MakeOracle, OFFERED_VERSIONS, ORACLE_VERSIONS, UnknownOracle } from './oracle/versions.js';
export { BUDGETS, budgetsOf, decisionSteps, menuSteps, ORACLE_VERSION, SEARCH_STEPS_MAX, UNBOUNDED, type Budgets } from './oracle/steps.js';
export { validateSchedule, type ScheduleClaim } from './validate.js';
