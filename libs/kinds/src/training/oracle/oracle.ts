import type { Oracle, Search } from '#mechanism';
import type { Schedule, TrainingJob } from '../job.js';

/** `exact` is the laboratory's reference: a solver outside this library. */
export type OracleName = 'default' | 'paper' | 'exact';

/** An oracle of training jobs. */
export interface TrainingOracle extends Oracle<TrainingJob, Schedule> {
  readonly name: OracleName;
}

/** A search for schedules of one training job. */
export type ScheduleSearch = Search<Schedule>;
