import type { TrainingJob } from '#kinds';
import { BANDWIDTH_CELL, type Book, capacityOf, firstCellOf, usageOf } from '#mechanism';

/** A job to be placed in a market. */
export interface Asked {
  readonly book: Book;
  readonly job: TrainingJob;
  readonly arrival: number;
}

/** What is left of a slot while it is filled: milli-units per cell. */
type Left = number[];

/** Whether a plain greedy places a job: slot after slot, around the first site where the server fits, chunk by chunk at the first site with room. */
export function placesGreedily({ book, job, arrival }: Asked): boolean {
  const homes = [...job.chunks];
  for (let slot = arrival; slot < book.baseSlot + book.slotCount && homes.some((left) => left > 0); slot++)
    fillSlot({ book, job, arrival }, slot, homes);
  return homes.every((left) => left === 0);
}

function fillSlot({ book, job }: Asked, slot: number, homes: number[]): void {
  const { siteCount, resourceCount } = book;
  const capacity = capacityOf(book, slot);
  const left = usageOf(book, slot).map((used, cell) => capacity[cell] - used);
  const ps = Array.from({ length: siteCount }, (_, site) => site).find((site) => take(left, book, site, job.psMilli));
  if (ps === undefined) return;
  const counts = new Array<number>(siteCount).fill(0);
  for (let home = 0; home < siteCount; home++) {
    for (let place = 0; place < siteCount && homes[home] > 0; place++) while (homes[home] > 0 && placeChunk({ home, place })) homes[home]--;
  }

  function placeChunk({ home, place }: { home: number; place: number }): boolean {
    const workers = workersFor(job, counts[place] + 1) - workersFor(job, counts[place]);
    const traffic = (home === place ? 0 : book.spec.chunkKB) + (place === ps ? 0 : workers * job.parameterKB);
    const fits =
      job.workerMilli.every((each, k) => each * workers <= left[firstCellOf(place, resourceCount) + k]) && traffic <= left[BANDWIDTH_CELL];
    if (!fits) return false;
    take(
      left,
      book,
      place,
      job.workerMilli.map((each) => each * workers),
    );
    left[0] -= traffic;
    counts[place]++;
    return true;
  }
}

const workersFor = ({ epochs, throughputMilli }: TrainingJob, chunks: number): number =>
  Math.ceil((chunks * epochs * 1000) / throughputMilli);

/** Takes amounts of a site's resources where all are left. */
function take(left: Left, { resourceCount }: Book, site: number, amounts: readonly number[]): boolean {
  const at = firstCellOf(site, resourceCount);
  if (amounts.some((amount, k) => amount > left[at + k])) return false;
  amounts.forEach((amount, k) => (left[at + k] -= amount));
  return true;
}
