import { faultLine, parseInstance, type Instance } from '#lab';
import { BadInput, readText } from '../terminal.js';

/** Reads an instance. @throws BadInput with one line per fault. */
export async function readInstance(file: string): Promise<Instance> {
  const parsed = parseInstance(await readText(file));
  if (parsed.kind === 'faults') throw new BadInput(parsed.faults.map((fault) => `${file}: ${faultLine(fault)}`));
  return parsed.instance;
}
