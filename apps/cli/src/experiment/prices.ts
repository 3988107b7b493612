import { parse } from 'node:path';
import {
  ALL_GRIEFINGS,
  type ComparedPrices,
  comparePrices,
  gamingGains,
  type GamingGain,
  type GriefingCost,
  griefingCosts,
  parseTrace,
  type Share,
  traceWorkload,
  WORKLOADS,
  type Workload,
} from '#lab';
import { createOracle } from '#kinds';
import type { ExperimentFlags } from './flags.js';
import { BadInput, readText, type Terminal } from '../terminal.js';

/** The workloads that are griefed and gamed: small enough for many plays, one with more bids than fit and one with many more. */
const TRIED = ['testbed 60', 'testbed 200'];

/** Plays what is asked for, and tells each row as it is done. @throws BadInput where nothing is named. */
export async function experimentPrices(terminal: Terminal, flags: ExperimentFlags): Promise<void> {
  const seeds = { first: wholeOf('--first', flags.first), count: Math.max(1, wholeOf('--seeds', flags.seeds)) };
  const workloads = flags.trace === undefined ? WORKLOADS : [await readTrace(flags.trace)];
  const chosen = workloads.filter(({ name }) => name.includes(flags.only));
  if (chosen.length === 0)
    throw new BadInput([`--only: no workload has "${flags.only}" in its name; there are ${workloads.map(({ name }) => name).join(', ')}`]);
  const oracle = createOracle('default');
  const tell = (line: string): void => {
    if (!flags.json) terminal.out(`${line}\n`);
  };
  const isAsked = (part: ExperimentFlags['part']): boolean => flags.part === 'all' || flags.part === part;
  const over = <Row>(part: ExperimentFlags['part'], workloads: readonly Workload[], { head, play, line }: Part<Row>): Row[] => {
    if (!isAsked(part)) return [];
    tell(head);
    return workloads.flatMap((workload) => {
      const rows = play(workload);
      for (const row of rows) tell(line(row));
      return rows;
    });
  };
  const tried = flags.trace === undefined ? chosen.filter(({ name }) => TRIED.includes(name)) : chosen;
  const rules = over('rules', chosen, { head: RULES, play: (workload) => [comparePrices(workload, seeds, oracle)], line: ruleLine });
  const griefing = over('griefing', tried, {
    head: GRIEFING,
    play: (workload) => griefingCosts(workload, seeds, ALL_GRIEFINGS, oracle),
    line: griefingLine,
  });
  const gaming = over('gaming', tried, { head: GAMING, play: (workload) => gamingGains(workload, seeds, oracle), line: gamingLine });
  if (flags.json) terminal.out(`${JSON.stringify({ seeds, rules, griefing, gaming })}\n`);
}

/** The workload of a trace. @throws BadInput with one line per fault. */
async function readTrace(file: string): Promise<Workload> {
  const parsed = parseTrace(await readText(file));
  if (parsed.kind === 'faults') throw new BadInput(parsed.faults.map((fault) => `${file}: ${fault}`));
  return traceWorkload(parse(file).name.slice(0, WIDTH - 1), parsed.jobs);
}

interface Part<Row> {
  readonly head: string;
  readonly play: (workload: Workload) => readonly Row[];
  readonly line: (row: Row) => string;
}

function wholeOf(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new BadInput([`${option}: ${text} is no whole number`]);
  return Number(text);
}

const WIDTH = 24;
const shown = ({ share, halfWidth }: Share): string => `${share.toFixed(3).padStart(9)} ±${halfWidth.toFixed(3)}`;
const figure = (number: number, digits = 0): string => number.toFixed(digits).padStart(9);

const RULES = `${'workload'.padEnd(WIDTH)}    seeds    paper     flat    level     cold             warm      cold/paper warm/paper`;
const ruleLine = ({ workload, seeds, paper, flat, level, cold, warm, coldOverPaper, warmOverPaper }: ComparedPrices): string =>
  `${workload.padEnd(WIDTH)}${[seeds, paper, flat, level].map((number) => figure(number)).join('')}${shown(cold)}${shown(warm)}${figure(coldOverPaper, 2)}${figure(warmOverPaper, 2)}`;

const GRIEFING = `\n${'fakes'.padEnd(WIDTH)}kind      of bids  by   learnt keeps     flat keeps       points`;
const griefingLine = ({ workload, kind, percent, organisations, learnt, flat, points }: GriefingCost): string =>
  `${workload.padEnd(WIDTH)}${kind.padEnd(10)}${`${percent} %`.padStart(7)}${`${organisations}`.padStart(4)}${shown(learnt)} ${shown(flat)}${figure(points, 1)}`;

const GAMING = `\n${'bidders that try'.padEnd(WIDTH)}what                  of bids  by   gain by what the truth gains, and at a flat price`;
const gamingLine = ({ workload, name, percent, organisations, gain, flatGain }: GamingGain): string =>
  `${workload.padEnd(WIDTH)}${name.padEnd(22)}${`${percent} %`.padStart(7)}${`${organisations}`.padStart(4)}${shown(gain)} ${shown(flatGain)}`;
