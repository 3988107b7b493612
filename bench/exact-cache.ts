import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookOf, exactMenu, toBid, type Instance, type Solver } from '#lab';
import { generatorOf, instanceOf, readMenus, type Case, type ExactMenu } from './cases.js';
import { pricesByDelay } from './menus.js';
import { root } from './repository.js';
import { elapsedMs } from './spread.js';

export interface CacheInput {
  readonly solver: Solver;
  readonly kind: string;
  readonly seeds: readonly number[];
  /** For one completion of one menu. */
  readonly timeLimitSeconds: number;
  /** Where menus are kept between runs; reports/exact/KIND.jsonl unless given. */
  readonly file?: string | undefined;
  readonly onSolved?: (seed: number, ms: number, solved: boolean) => void;
}

/**
 * The exact menus of a family's seeds: read where they were computed before, else computed and kept. A seed that isn't solved in time is
 * left out; that is kept too, in FILE.unsolved, so that the next run doesn't try again.
 */
export async function exactCases({
  solver,
  kind,
  seeds,
  timeLimitSeconds,
  file = join(root, 'reports', 'exact', `${kind}.jsonl`),
  onSolved,
}: CacheInput): Promise<readonly Case[]> {
  const kept = new Map(readMenus(file).map((menu) => [menu.seed, menu]));
  const given = unsolvedSeeds(file);
  const generate = await generatorOf(kind);
  mkdirSync(join(file, '..'), { recursive: true });
  return seeds.flatMap((seed): Case[] => {
    const instance = instanceOf(generate(seed));
    const known = kept.get(seed);
    if (known) return [{ ...known, instance }];
    if (given.has(seed)) return [];
    const start = process.hrtime.bigint();
    const menu = solvedMenu(solver, instance, timeLimitSeconds);
    const ms = elapsedMs(start);
    onSolved?.(seed, ms, menu !== undefined);
    if (!menu) {
      appendFileSync(unsolvedFile(file), `${seed}\n`);
      return [];
    }
    const solved: ExactMenu = { kind, seed, menu, ms: Math.round(ms) };
    appendFileSync(file, `${JSON.stringify(solved)}\n`);
    return [{ ...solved, instance }];
  });
}

function solvedMenu(solver: Solver, instance: Instance, timeLimitSeconds: number): readonly (number | null)[] | undefined {
  const [job] = instance.jobs;
  const bid = toBid(job, instance.resources);
  const { menu, unsolved } = exactMenu({ solver, book: bookOf(instance), job: bid.job, arrival: job.arrival, timeLimitSeconds });
  return unsolved.length > 0 ? undefined : pricesByDelay(menu, { arrival: job.arrival, slots: instance.slots });
}

const unsolvedFile = (file: string): string => `${file}.unsolved`;

function unsolvedSeeds(file: string): ReadonlySet<number> {
  const name = unsolvedFile(file);
  return new Set(existsSync(name) ? readFileSync(name, 'utf8').split('\n').filter(Boolean).map(Number) : []);
}
