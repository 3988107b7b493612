/**
 * Exact menus for seeds of a generator family, appended to a file (what is there already is kept):
 * `node bench/run.mjs exact --kind uneven --from 1001 --to 1200 --out reports/exact/uneven.jsonl`
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { bookOf, exactMenu, loadSolver, toBid, type Instance, type Solver } from '#lab';
import { generatorOf, instanceOf, readMenus } from './cases.js';
import { pricesByDelay } from './menus.js';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'oracle' },
    from: { type: 'string', default: '1001' },
    to: { type: 'string', default: '1200' },
    out: { type: 'string' },
    seconds: { type: 'string', default: '60' },
  },
});

function menuOfInstance(solver: Solver, instance: Instance): readonly (number | null)[] | undefined {
  const [job] = instance.jobs;
  const bid = toBid(job, instance.resources);
  const { menu, unsolved } = exactMenu({ solver, book: bookOf(instance), job: bid.job, arrival: job.arrival, timeLimitSeconds: Number(values.seconds) });
  return unsolved.length > 0 ? undefined : pricesByDelay(menu, { arrival: job.arrival, slots: instance.slots });
}

const out = values.out ?? `reports/exact/${values.kind}.jsonl`;
const done = new Set(readMenus(out).map(({ seed }) => seed));
const generate = await generatorOf(values.kind);
const solver = await loadSolver();
mkdirSync(dirname(out), { recursive: true });
for (let seed = Number(values.from); seed <= Number(values.to); seed++) {
  if (done.has(seed)) continue;
  const start = process.hrtime.bigint();
  const menu = menuOfInstance(solver, instanceOf(generate(seed)));
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (menu) appendFileSync(out, `${JSON.stringify({ kind: values.kind, seed, menu, ms: Math.round(ms) })}\n`);
  console.log(`${values.kind} ${seed} ${menu ? '' : 'NOT SOLVED in time '}${ms.toFixed(0)} ms`);
}
