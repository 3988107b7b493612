import type { Clock } from '#market';
import { ProblemError } from '../http/problem-error.js';

/** What the database says of itself; rejects where it doesn't answer. */
export interface DatabaseSays {
  /** Whether this version can work with the schema that is there. */
  readonly isFit: boolean;
  /** What is to be said of it, where anything is. */
  readonly remark?: string;
}

/** What the database said is good for so long, ms: whoever asks all the time, without a key, takes nothing of what bids need. */
const KEPT_MS = 500;

/** Readiness: true as long as the database answers, with a schema that this version can work with, and the server isn't stopping. */
export class Readiness {
  private remark?: string | undefined;
  private asked?: { readonly says: Promise<DatabaseSays>; readonly untilMs: number };

  /** @param onRemark is told of what is to be said of the schema, once for each change. */
  constructor(
    private readonly ask: () => Promise<DatabaseSays>,
    private readonly stopping: AbortSignal,
    private readonly onRemark: (remark: string) => void,
    private readonly clock: Clock,
  ) {}

  async check(): Promise<{ status: 'ok' }> {
    if (this.stopping.aborted) throw new ProblemError('stopping');
    const { isFit, remark } = await this.says();
    if (remark !== undefined && remark !== this.remark) this.onRemark(remark);
    this.remark = remark;
    if (!isFit) throw new ProblemError('schema_mismatch', remark === undefined ? {} : { detail: remark });
    return { status: 'ok' };
  }

  private says(): Promise<DatabaseSays> {
    const nowMs = this.clock.nowMs();
    const leftMs = this.asked ? this.asked.untilMs - nowMs : 0;
    if (!this.asked || leftMs <= 0 || leftMs > KEPT_MS) this.asked = { says: this.ask(), untilMs: nowMs + KEPT_MS };
    return this.asked.says;
  }
}
