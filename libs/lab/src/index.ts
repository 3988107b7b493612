/**
 * The laboratory: instances, workloads, the exact reference, simulation and audits. It calls the mechanism and never copies a rule of it.
 */
export {
  faultLine,
  INSTANCE_LIMITS,
  type Amounts,
  type Fault,
  type Instance,
  type InstanceJob,
  type InstancePrices,
  type InstanceSite,
} from './instance.js';
export { parseInstance, type ParsedInstance } from './parse-instance.js';
export { creditsToMicros, microsToCredits, occupancyOf, toBid, toMarketSpec } from './convert.js';
export { loadSolver, type Solver } from './milp.js';
export { cheapestBy, exactMenu, type ExactMenu, type ExactMenuInput } from './exact-menu.js';
export { bookOf } from './instance-book.js';
export { parseResult, type ParsedResult, type Result, type ResultJob } from './result.js';
export { simulate, type Clock, type SimulateInput } from './simulate.js';
export { auditResult, findingLine, type Audit, type AuditFinding } from './audit.js';
export { ascending, percentile } from './percentile.js';
export { EXACT_SIZE_MAX, exactOracle, exactSize, ExactTimeout } from './exact-oracle.js';
export { createPrng, type Prng } from './prng.js';
export { paperWorkload, SETTINGS, type Setting } from './workload.js';
export { WORKLOADS, type Workload } from './prices/workloads.js';
export { parseTrace, type ParsedTrace, type TraceJob, traceWorkload } from './prices/trace.js';
export { choiceDifferences, type ChoiceDifference, type Choosing } from './choices.js';
export { LevelLearner } from './prices/level-learner.js';
export {
  ALL_GRIEFINGS,
  type ComparedPrices,
  comparePrices,
  gamingGains,
  type GamingGain,
  type GriefingCost,
  griefingCosts,
  type Seeds,
} from './prices/experiment.js';
export { timesValuation } from './prices/gaming.js';
export { playLearnt } from './prices/pairs.js';
export { mean, type Share } from './prices/statistics.js';
export { flatAt, playLearning, playRule, pricedInstance, type Played, type PricedBid, type PricedInstance } from './prices/play.js';
export { type Griefing } from './prices/griefing.js';
export { FAMILIES, type Family } from './families.js';
export { offlineBound, offlineOptimum, type OfflineInput, type OfflineJob, type OfflineOptimum } from './offline-optimum.js';
export { FILLS, sizedBook, sizedJob, type Fill, type JobSize } from './size-grid.js';
