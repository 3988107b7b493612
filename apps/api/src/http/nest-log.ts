import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Passes the framework's own warnings and errors on to our log; its chatter at start is left out. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(): void {
    // what the framework says about itself is not news
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...context: unknown[]): void {
    if (message instanceof Error) this.logger.error({ err: message, context }, message.message);
    else this.logger.error({ context }, String(message));
  }
}
