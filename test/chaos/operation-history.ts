import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(process.cwd(), 'reports', 'chaos');

/** What happened in a run, in order, one JSON object a line: enough to see what clients saw when something broke. */
export class OperationHistory {
  readonly file: string;
  private readonly beganMs = performance.now();

  constructor(name: string) {
    mkdirSync(FOLDER, { recursive: true });
    this.file = join(FOLDER, `${name}.jsonl`);
    writeFileSync(this.file, '');
  }

  /** Adds a line: milliseconds since the beginning, what it is about, and the rest. Written at once, so that it outlives us. */
  tell(kind: string, fields: Readonly<Record<string, unknown>>): void {
    const atMs = Math.round(performance.now() - this.beganMs);
    appendFileSync(this.file, `${JSON.stringify({ atMs, kind, ...fields })}\n`);
  }
}
