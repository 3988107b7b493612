import type { Clock, RandomBytes } from '#market';
import type { Tracing } from '#telemetry';
import type { Logger } from 'pino';

/** Time, chance and the log: given by whoever starts the process. */
export interface RuntimeDependencies {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly logger: Logger;
  /** Traces, where they are made. */
  readonly tracing?: Tracing;
}
