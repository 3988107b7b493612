/**
 * Exact menus for seeds of a generator family, appended to a file (what is there already is kept):
 * `node bench/run.mjs exact --kind uneven --from 1001 --to 1200 --out reports/exact/uneven.jsonl`
 */
import { parseArgs } from 'node:util';
import { loadSolver } from '#lab';
import { exactCases } from './exact-cache.js';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'oracle' },
    from: { type: 'string', default: '1001' },
    to: { type: 'string', default: '1200' },
    out: { type: 'string' },
    seconds: { type: 'string', default: '60' },
  },
});
const [from, to] = [Number(values.from), Number(values.to)];
await exactCases({
  solver: await loadSolver(),
  kind: values.kind,
  seeds: Array.from({ length: to - from + 1 }, (_, index) => from + index),
  timeLimitSeconds: Number(values.seconds),
  file: values.out,
  onSolved: (seed, ms, solved) => console.log(`${values.kind} ${seed} ${solved ? '' : 'NOT SOLVED in time '}${ms.toFixed(0)} ms`),
});
