/**
 * Compares admission by version 4 under many valuations with the menu computed whole, on small markets: MARKETS of each kind, VALUATIONS each. Prints one JSON object.
 * A program of its own, on what is built: in a test's context the same loops take ten times as long.
 */
import { createVersionedOracle } from '#kinds';
import { bookOf, choiceDifferences, createPrng, FAMILIES, toBid } from '#lab';

const VALUATIONS = 1_000;
/** Families with how many markets of each, and the most chunks that a site's part of the job is cut to. */
const KINDS = [
  ['paper', 40, 1],
  ['paper', 15, 2],
  ['uneven', 30, 1],
  ['remote', 15, 2],
];

const oracle = createVersionedOracle();
const differing = [];
let compared = 0;
for (const [family, markets, chunksMax] of KINDS)
  for (let seed = 1; seed <= markets; seed++) {
    const instance = FAMILIES[family](seed);
    const { job } = toBid(instance.jobs[0], instance.resources);
    const made = bookOf(instance);
    const book = { ...made, spec: { ...made.spec, oracle: 'default/4' } };
    const cut = { ...job, chunks: job.chunks.map((count) => Math.min(count, chunksMax)) };
    const found = choiceDifferences({ book, job: cut, oracle, valuations: VALUATIONS }, createPrng(seed));
    if (found.length > 0) differing.push({ family, seed, chunksMax, differences: found.length });
    compared += VALUATIONS;
  }
process.stdout.write(`${JSON.stringify({ compared, differing })}\n`);
