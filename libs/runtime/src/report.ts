import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What a process says about itself: its log, its figures, and what it has made up for. One for each process; every part of it is given it. */
export class ProcessReport {
  readonly registry = new Registry();
  private readonly troubles = new Counter({
    name: 'eris_troubles_total',
    help: 'What failed and is tried again or made up for, by the part of the process.',
    labelNames: ['part'] as const,
    registers: [this.registry],
  });

  constructor(readonly logger: Logger) {
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * Something failed and is made up for. Counted, and told in the log where there is a cause.
   * @param part of the process, such as a service's name: never anything that a caller chose.
   */
  trouble(part: string, cause?: unknown, message = 'trouble; it is tried again', details: object = {}): void {
    this.troubles.inc({ part });
    if (cause !== undefined) this.logger.warn({ part, ...details, err: cause }, message);
  }

  /** Shows a figure that is read whenever someone asks. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }
}
