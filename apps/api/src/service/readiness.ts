import { ProblemError } from '../http/problem-error.js';

/** What the database says of itself; rejects where it doesn't answer. */
export interface DatabaseSays {
  /** Whether this version can work with the schema that is there. */
  readonly isFit: boolean;
  /** What is to be said of it, where anything is. */
  readonly remark?: string;
}

/** Readiness: true as long as the database answers, with a schema that this version can work with, and the server isn't stopping. */
export class Readiness {
  private remark?: string;

  /** @param onRemark is told of what is to be said of the schema, once for each change. */
  constructor(
    private readonly ask: () => Promise<DatabaseSays>,
    private readonly stopping: AbortSignal,
    private readonly onRemark: (remark: string) => void,
  ) {}

  async check(): Promise<{ status: 'ok' }> {
    if (this.stopping.aborted) throw new ProblemError('stopping');
    const { isFit, remark } = await this.ask();
    if (remark !== undefined && remark !== this.remark) this.onRemark(remark);
    this.remark = remark;
    if (!isFit) throw new ProblemError('schema_mismatch', remark === undefined ? {} : { detail: remark });
    return { status: 'ok' };
  }
}
