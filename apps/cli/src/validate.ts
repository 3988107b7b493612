import { auditResult, faultLine, findingLine, parseResult, type Audit, type Result } from '#lab';
import type { Command } from 'commander';
import { readInstance } from './instance-file.js';
import { BadInput, EXIT, readText, type Terminal } from './terminal.js';

interface ValidateOptions {
  readonly instance: string;
  readonly result: string;
  readonly json?: boolean;
}

/** `eris validate`: replays a result against its instance. */
export function registerValidate(program: Command, terminal: Terminal): void {
  program
    .command('validate')
    .description('replay a result (eris-result/1) against its instance: schedules by V1-V6, values, payments and sums recomputed')
    .requiredOption('--instance <file>', 'the instance; - is standard input')
    .requiredOption('--result <file>', 'the result; - is standard input')
    .option('--json', 'print the findings as one JSON object')
    .addHelpText(
      'after',
      '\nExit codes: 0 all holds, 1 something does not (one line each), 2 bad input (one line per fault on standard error).',
    )
    .action((options: ValidateOptions) => runValidate(terminal, options));
}

async function runValidate(terminal: Terminal, options: ValidateOptions): Promise<void> {
  if (options.instance === '-' && options.result === '-') throw new BadInput(['--result: standard input holds only one file']);
  const instance = await readInstance(options.instance);
  const audit = auditResult(instance, await readResult(options.result));
  terminal.out(options.json ? `${JSON.stringify({ valid: audit.findings.length === 0, ...audit })}\n` : reportOf(audit));
  if (audit.findings.length > 0) process.exitCode = EXIT.failed;
}

async function readResult(file: string): Promise<Result> {
  const parsed = parseResult(await readText(file));
  if (parsed.kind === 'faults') throw new BadInput(parsed.faults.map((fault) => `${file}: ${faultLine(fault)}`));
  return parsed.result;
}

function reportOf({ findings, validSchedules, acceptedJobs }: Audit): string {
  const verdict = findings.length === 0 ? 'valid' : `NOT valid: ${findings.length} findings`;
  const lines = [...findings.map(findingLine), `${verdict}; ${validSchedules} of ${acceptedJobs} accepted schedules keep V1-V6`];
  return `${lines.join('\n')}\n`;
}
