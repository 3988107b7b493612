import { auditResult, faultLine, findingLine, parseResult, type Audit, type Result } from '#lab';
import { BadInput, EXIT, readText, type Terminal } from '../terminal.js';
import type { ValidateFlags } from './flags.js';
import { readInstance } from './instance-file.js';

/** Replays a result against its instance and tells what does not hold. @throws BadInput with one line per fault. */
export async function validateResult(terminal: Terminal, options: ValidateFlags): Promise<void> {
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
