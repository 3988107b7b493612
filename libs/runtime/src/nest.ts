import type { LoggerService, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { ServiceList } from './service.js';

/** Starts the services of a process with its Nest application, and stops them once that has closed. */
export class ServiceHost implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly services: ServiceList) {}

  onApplicationBootstrap(): Promise<void> {
    return this.services.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.services.stop();
  }
}

/** Nest's warnings and errors as lines of our log; its chatter at the start only where one looks closely. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, ...context: unknown[]) => logger.debug({ context }, String(message)),
    warn: (message: unknown, ...context: unknown[]) => logger.warn({ context }, String(message)),
    error: (message: unknown, ...context: unknown[]) => {
      if (message instanceof Error) logger.error({ err: message, context }, message.message);
      else logger.error({ context }, String(message));
    },
  };
}
