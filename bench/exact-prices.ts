import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookOf, cheapestBy, type Instance, microsToCredits, type Solver, toBid } from '#lab';
import { root } from './repository.js';
import { elapsedMs } from './spread.js';

/** The exact price, in credits, of the job of a seed's instance where it is done by d slots after arrival; null: impossible. */
export interface ExactPrice {
  readonly seed: number;
  readonly d: number;
  readonly price: number | null;
}

interface ExactPricesInput {
  readonly solver: Solver;
  /** Under which name they are kept, and the instance of a seed. */
  readonly name: string;
  readonly make: (seed: number) => Instance;
  readonly asked: readonly Omit<ExactPrice, 'price'>[];
  readonly timeLimitSeconds: number;
  readonly onSolved?: (seed: number, ms: number) => void;
}

/** Exact prices, kept in reports/exact between runs; one that is not proven within the time is kept as such and left out. */
export function exactPrices({ solver, name, make, asked, timeLimitSeconds, onSolved }: ExactPricesInput): readonly ExactPrice[] {
  const folder = join(root, 'reports', 'exact');
  const file = join(folder, `${name}-prices.jsonl`);
  mkdirSync(folder, { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const kept = lines.map((line) => JSON.parse(line) as Omit<ExactPrice, 'price'> & { price: number | null | 'unsolved' });
  return asked.flatMap(({ seed, d }): ExactPrice[] => {
    const known = kept.find((one) => one.seed === seed && one.d === d);
    if (known) return known.price === 'unsolved' ? [] : [{ seed, d, price: known.price }];
    const start = process.hrtime.bigint();
    const price = solvedPrice(solver, make(seed), d, timeLimitSeconds);
    onSolved?.(seed, elapsedMs(start));
    appendFileSync(file, `${JSON.stringify({ seed, d, price })}\n`);
    return price === 'unsolved' ? [] : [{ seed, d, price }];
  });
}

function solvedPrice(solver: Solver, instance: Instance, d: number, timeLimitSeconds: number): number | null | 'unsolved' {
  const [job] = instance.jobs;
  const asked = { solver, book: bookOf(instance), job: toBid(job, instance.resources).job, arrival: job.arrival, timeLimitSeconds };
  const found = cheapestBy(asked, job.arrival + d);
  if (found === 'impossible') return null;
  return found === 'unsolved' ? found : microsToCredits(found.price);
}
