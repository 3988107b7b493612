import { bookOf, choiceDifferences, createPrng, FAMILIES, type Family, toBid } from '#lab';
import { createVersionedOracle, ORACLE_VERSION } from '#kinds';

const COMPARISONS = { full: 20_000, quick: 2_000 };
const VALUATIONS = 50;
/** Families in turn, with the most chunks that a site's part of the job is cut to: jobs of all sizes. */
const KINDS: readonly (readonly [family: Family, chunksMax: number])[] = [
  ['paper', 2],
  ['remote', Infinity],
  ['uneven', Infinity],
  ['crowded', 1],
  ['crowded', Infinity],
];

/** Admission under drawn valuations beside the menu computed whole. @param asked comparisons, where they are given. */
export function choiceSection(quick: boolean, asked?: number): Readonly<Record<string, number>> {
  const comparisons = asked ?? (quick ? COMPARISONS.quick : COMPARISONS.full);
  const oracle = createVersionedOracle();
  let made = 0;
  let differences = 0;
  for (let seed = 1; made < comparisons; seed++) {
    const [family, chunksMax] = KINDS[seed % KINDS.length];
    const instance = FAMILIES[family](seed);
    const [job] = instance.jobs;
    const book = bookOf(instance);
    const cut = { ...toBid(job, instance.resources).job, chunks: job.chunks.map((count) => Math.min(count, chunksMax)) };
    const named = { ...book, spec: { ...book.spec, oracle: ORACLE_VERSION } };
    const found = choiceDifferences({ book: named, job: cut, oracle, valuations: VALUATIONS }, createPrng(seed));
    if (found.length > 0) console.log(`${family} ${seed}: ${found.length} of ${VALUATIONS} valuations get another entry than the menu has`);
    differences += found.length;
    made += VALUATIONS;
  }
  console.log(`\n# Choices\n\n${made} decisions by ${ORACLE_VERSION} beside whole menus: ${differences} differ`);
  return { choiceComparisons: made, choiceDifferences: differences };
}
