import { EXACT_SIZE_MAX, exactOracle, exactSize, loadSolver, simulate, type Instance, type Result } from '#lab';
import { createOracle, type TrainingOracle } from '#kinds';
import { BadInput, progressOf, writeText, type Terminal } from '../terminal.js';
import type { SimulateFlags } from './flags.js';
import { readInstance } from './instance-file.js';

/** Decides an instance's jobs in order and writes the result. @throws BadInput with one line per fault. */
export async function simulateInstance(terminal: Terminal, options: SimulateFlags): Promise<void> {
  const instance = await readInstance(options.instance);
  const oracle = await oracleOf(options, instance);
  const warmUpMs = options.oracle === 'exact' ? 0 : millisecondsOf(options.warmUp);
  const progress = progressOf(
    { ...terminal, isErrTty: terminal.isErrTty && !options.json },
    { label: 'deciding', total: instance.jobs.length },
  );
  const result = simulate({ instance, oracle, clock: terminal.clock, warmUpMs, onProgress: (done) => progress.update(done) });
  progress.stop();
  const text = `${JSON.stringify(result)}\n`;
  await writeText(terminal, options.out, text);
  if (options.json && options.out !== '-') terminal.out(text);
  if (!options.json) terminal.err(summaryOf(result));
}

function millisecondsOf(text: string): number {
  const ms = Number(text);
  if (!(ms >= 0 && ms <= 60_000)) throw new BadInput([`--warm-up: ${text} is not a number from 0 to 60000`]);
  return ms;
}

async function oracleOf({ oracle, exactSeconds }: SimulateFlags, instance: Instance): Promise<TrainingOracle> {
  if (oracle !== 'exact') return createOracle(oracle);
  const seconds = Number(exactSeconds);
  if (!(seconds > 0)) throw new BadInput([`--exact-seconds: ${exactSeconds} is not a number above 0`]);
  const size = exactSize(instance);
  if (size > EXACT_SIZE_MAX) throw new BadInput([`--oracle exact: sites x sites x slots is ${size}, at most ${EXACT_SIZE_MAX}`]);
  return exactOracle(await loadSolver(), seconds);
}

function summaryOf(result: Result): string {
  const reasons = new Map<string, number>();
  for (const { reason } of result.jobs) if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const refused = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const { p50, p99, max } = result.decisionMs ?? { p50: 0, p99: 0, max: 0 };
  const lines = [
    `${result.instance}: policy ${result.policy}, oracle ${result.oracle ?? 'default'}`,
    `accepted ${result.accepted}, refused ${result.rejected}${refused && ` (${refused})`}`,
    `welfare ${result.welfare}, revenue ${result.revenue}`,
    `decision ms: p50 ${p50.toFixed(3)}, p99 ${p99.toFixed(3)}, max ${max.toFixed(3)}`,
  ];
  return `${lines.join('\n')}\n`;
}
