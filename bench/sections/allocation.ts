import { type HeapProfiler, Session } from 'node:inspector/promises';
import { bookOf, FAMILIES, toBid } from '#lab';
import { createVersionedOracle, ORACLE_VERSION, ORACLE_VERSIONS } from '#kinds';
import { admit } from '#mechanism';
import { table } from '../spread.js';

const BIDS = { full: 60, quick: 12 };
const ROUNDS = { full: 5, quick: 2 };
const WARM_ROUNDS = 3;
const FIRST_SEED = 8001;
const SAMPLED_EVERY_BYTES = 1024;
const SHOWN = 8;

/** Bytes allocated by function, what was collected meanwhile included. */
function byFunction(node: HeapProfiler.SamplingHeapProfileNode, bytes = new Map<string, number>()): Map<string, number> {
  const { functionName, url } = node.callFrame;
  const name = `${functionName} ${url.split('/').slice(-3).join('/')}`;
  bytes.set(name, (bytes.get(name) ?? 0) + node.selfSize);
  for (const child of node.children) byFunction(child, bytes);
  return bytes;
}

async function sampled(run: () => void): Promise<ReadonlyMap<string, number>> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.enable');
  const collected = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  await session.post('HeapProfiler.startSampling', { samplingInterval: SAMPLED_EVERY_BYTES, ...collected });
  run();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return byFunction(profile.head);
}

/** What a decision allocates once all is warm: in the kernels of the search, and in all. Sampled by the heap profiler. */
export async function allocationSection(quick: boolean): Promise<Readonly<Record<string, number>>> {
  const size = quick ? 'quick' : 'full';
  const oracle = createVersionedOracle();
  const bids = Array.from({ length: BIDS[size] }, (_, index) => {
    const instance = FAMILIES.crowded(FIRST_SEED + index);
    return { book: bookOf(instance), bid: toBid(instance.jobs[0], instance.resources) };
  });
  const decide = (version: string, rounds: number): void => {
    for (let round = 0; round < rounds; round++)
      for (const { book, bid } of bids) admit({ book: { ...book, spec: { ...book.spec, oracle: version } }, bid, arrival: 0, oracle });
  };
  const rows = [['version', 'bytes a bid', 'in kernels']];
  const figures: Record<string, number> = {};
  let shown: readonly (readonly [string, number])[] = [];
  for (const version of Object.keys(ORACLE_VERSIONS)) {
    decide(version, WARM_ROUNDS);
    const found = [...(await sampled(() => decide(version, ROUNDS[size])))];
    const perBid = (bytes: number): number => bytes / (bids.length * ROUNDS[size]);
    const all = perBid(found.reduce((sum, [, bytes]) => sum + bytes, 0));
    const inKernels = found.filter(([name]) => /kernel\/|priced\//.test(name));
    const kernels = perBid(inKernels.reduce((sum, [, bytes]) => sum + bytes, 0));
    rows.push([version, all.toFixed(0), kernels.toFixed(0)]);
    if (version !== ORACLE_VERSION) continue;
    Object.assign(figures, { allocatedBytesPerBid: all, kernelBytesPerBid: kernels });
    shown = inKernels.sort((a, b) => b[1] - a[1]).map(([name, bytes]) => [name, perBid(bytes)]);
  }
  console.log(`\n# Allocation of a decision, warm: ${bids.length} crowded markets\n\n${table(rows)}\n`);
  for (const [name, bytes] of shown.slice(0, SHOWN)) console.log(`${bytes.toFixed(0).padStart(8)}  ${name}`);
  return figures;
}
