import type { Elsewhere, JobKind } from '../kind.js';
import { parseJob, readabilityIn, type TrainingBody } from './body.js';
import type { Schedule, TrainingJob } from './job.js';
import { createOracle } from './oracle/create.js';
import type { TrainingOracle } from './oracle/oracle.js';
import { decisionSteps, menuSteps } from './oracle/steps.js';
import { restOf } from './rest.js';
import { scheduleCodec } from './plan-codec.js';
import { validateSchedule } from './validate.js';
import { trainingWire } from './wire.js';

/** What the work of a search depends on. */
const sizeOf = (body: object) => ({ chunks: Object.values((body as TrainingBody).chunks) });

/** All chunks of a home at another site; the homes with most of them first. */
function* elsewhere(body: TrainingBody, siteIds: readonly string[]): Generator<Elsewhere, void, undefined> {
  const homes = Object.entries(body.chunks).filter(([, count]) => count > 0);
  for (const [from, count] of homes.sort(([, a], [, b]) => b - a)) {
    const { [from]: _, ...rest } = body.chunks;
    for (const to of siteIds) if (to !== from) yield { from, to, body: { ...body, chunks: { ...rest, [to]: (rest[to] ?? 0) + count } } };
  }
}

/** Distributed training on the data of every site: the kind of job that Eris began with. @param oracle what schedules it. */
export const trainingKind = (oracle: TrainingOracle = createOracle('default')): JobKind<TrainingJob, Schedule> => ({
  name: trainingWire.name,
  wire: trainingWire,
  parse: (body, context) => parseJob(body as TrainingBody, context),
  readabilityIn: (context) => {
    const isReadable = readabilityIn(context);
    return (body) => isReadable(body as TrainingBody);
  },
  oracle,
  decisionSteps: (book, body) => decisionSteps(book, sizeOf(body)),
  menuSteps: (book, body) => menuSteps(book, sizeOf(body)),
  validate: ({ plan, ...claim }) => validateSchedule({ ...claim, schedule: plan }),
  elsewhere: (body, siteIds) => elsewhere(body as TrainingBody, siteIds),
  plan: scheduleCodec,
  rest: restOf,
  example: { chunks: { 1: 3, 2: 1 }, epochs: 2, throughput: 4, parameterMB: 10, worker: { gpu: 1, cpu: 2 }, ps: { cpu: 1, memoryGB: 2 } },
});
