import { ProblemError } from '../http/problem-error.js';

/** Says whether the database answers; rejects where it doesn't. */
export type Ping = () => Promise<void>;

/** Readiness: true as long as the database answers and the server isn't stopping. */
export class Readiness {
  constructor(
    private readonly ping: Ping,
    private readonly stopping: AbortSignal,
  ) {}

  async check(): Promise<{ status: 'ok' }> {
    if (this.stopping.aborted) throw new ProblemError('stopping');
    await this.ping();
    return { status: 'ok' };
  }
}
