import type { Book } from '#mechanism';
import { invariant } from '#units';
import { footprintOf } from '../footprint.js';
import type { TrainingJob } from '../job.js';
import { WORKERS_MAX } from './kernel/problem.js';
import type { TrainingOracle } from './oracle.js';

/** What every oracle of training jobs says alike, however it finds schedules. */
export const TRAINING_ANSWERS: Pick<TrainingOracle, 'emptiness' | 'footprintOf' | 'whyNone'> = { emptiness, footprintOf, whyNone };

function emptiness(book: Book, { chunks }: TrainingJob): string | undefined {
  invariant(chunks.length === book.siteCount, 'a job says how many chunks it has at every site');
  return chunks.some((count) => count > 0) ? undefined : 'the job has no chunks to train';
}

/** Says so where the job needs more workers than one site takes of a job in a slot, whatever its capacity. */
function whyNone({ chunks, epochs, throughputMilli }: TrainingJob): string {
  const detail = 'no schedule within the horizon covers every chunk with the capacity and bandwidth that are left';
  const total = chunks.reduce((sum, count) => sum + count, 0);
  const workers = Math.ceil((total * epochs * 1000) / throughputMilli);
  return workers <= WORKERS_MAX
    ? detail
    : `${detail}; it needs ${workers} workers, and a site takes at most ${WORKERS_MAX} of a job in a slot`;
}
