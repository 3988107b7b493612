import { invariant } from '#units';
import type { Schedule, TrainingJob } from './job.js';

/** The chunks of each home that the slots of a schedule before `before` have not trained. */
export function restOf(job: TrainingJob, schedule: Schedule, before: number): TrainingJob {
  const chunks = [...job.chunks];
  const train = (home: number, trained: number): void => {
    chunks[home] = (chunks[home] ?? 0) - trained;
  };
  for (const { slot, home, moves } of schedule) {
    if (slot >= before) continue;
    home.forEach((trained, site) => train(site, trained));
    for (const move of moves) train(move.home, move.chunks);
  }
  invariant(
    chunks.every((left) => left >= 0),
    'no chunk is trained twice',
  );
  return { ...job, chunks };
}
