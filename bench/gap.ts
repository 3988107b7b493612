/**
 * The short loop for work on an oracle: how far its menus lie above the exact ones, and the worst cases by seed.
 * `npm run bench:gap -- [--oracle default|paper] [--worst 10] [--extra menus.jsonl …] [--show KIND SEED]`
 */
import { parseArgs } from 'node:util';
import { createOracle, type TrainingOracle } from '#kinds';
import { generatorOf, instanceOf, readMenus, sharedMenus, type Case } from './cases.js';
import { gapFigures, gapsOf, mean, utilityLossOf, type Comparison } from './figures.js';
import { compare } from './menus.js';

const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;
const credits = (price: number | null | undefined): string => (price === null || price === undefined ? '-' : price.toFixed(3));

interface Compared {
  readonly of: Case;
  readonly comparison: Comparison;
  readonly ms: number;
}

function compareAll(cases: readonly Case[], oracle: TrainingOracle): readonly Compared[] {
  return cases.map((of) => {
    const start = process.hrtime.bigint();
    const comparison = compare(of, oracle);
    return { of, comparison, ms: Number(process.hrtime.bigint() - start) / 1e6 };
  });
}

function report(kind: string, compared: readonly Compared[], worst: number): void {
  const figures = gapFigures(compared.map(({ comparison }) => comparison));
  console.log(
    `${kind.padEnd(8)} cases ${figures.cases}  gap mean ${percent(figures.gapMean)}  p95 ${percent(figures.gapP95)}  max ${percent(figures.gapMax)}  ` +
      `false impossible ${percent(figures.falseImpossible)}  utility loss ${percent(figures.utilityLossMean)}  ` +
      `ms ${mean(compared.map(({ ms }) => ms)).toFixed(3)}`,
  );
  if (figures.falsePossible + figures.belowExact > 0)
    console.log(`  WRONG: ${figures.falsePossible} possible though impossible, ${figures.belowExact} below the exact price`);
  const badness = ({ comparison }: Compared): number =>
    Math.max(0, ...gapsOf(comparison), utilityLossOf(comparison) ?? 0) + missing(comparison);
  const ranked = compared.filter((one) => badness(one) > 1e-6).sort((a, b) => badness(b) - badness(a));
  for (const { of, comparison } of ranked.slice(0, worst)) printCase(of, comparison);
}

const missing = ({ exact, ours }: Comparison): number => exact.filter((price, d) => price !== null && (ours[d] ?? null) === null).length;

function printCase({ kind, seed }: Case, { exact, ours }: Comparison): void {
  console.log(`  ${kind} ${seed}`);
  console.log(`    exact ${exact.map((price) => credits(price).padStart(10)).join('')}`);
  console.log(`    ours  ${exact.map((_, d) => credits(ours[d]).padStart(10)).join('')}`);
}

const { values } = parseArgs({
  options: {
    oracle: { type: 'string', default: 'default' },
    worst: { type: 'string', default: '5' },
    extra: { type: 'string', multiple: true, default: [] },
    kind: { type: 'string' },
    seed: { type: 'string' },
  },
});
const menus = [...sharedMenus(), ...values.extra.flatMap(readMenus)].filter(
  ({ kind, seed }) => (!values.kind || kind === values.kind) && (!values.seed || seed === Number(values.seed)),
);
const kinds = [...new Set(menus.map(({ kind }) => kind))];
const generators = new Map(await Promise.all(kinds.map(async (kind) => [kind, await generatorOf(kind)] as const)));
const cases = menus.map((menu): Case => ({ ...menu, instance: instanceOf(generators.get(menu.kind)?.(menu.seed)) }));
const oracle = createOracle(values.oracle === 'paper' ? 'paper' : 'default');
compareAll(cases, oracle); // once to warm up
for (const kind of kinds) {
  report(
    kind,
    compareAll(
      cases.filter((one) => one.kind === kind),
      oracle,
    ),
    Number(values.worst),
  );
}
