import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { nestLogger, ServiceHost } from '#runtime';
import { composeWorker, type WorkerSurroundings } from './compose-worker.js';
import type { WorkerSettings } from './settings.js';

@Module({})
class WorkerModule {}

/**
 * Makes a worker over a database that has its schema, and starts it. It gives everything back when it is closed.
 * @throws what its services throw where they cannot start; nothing of it runs then.
 */
export function openWorker(settings: WorkerSettings, surroundings: WorkerSurroundings): Promise<INestApplicationContext> {
  const host = new ServiceHost(composeWorker(settings, surroundings));
  const module = { module: WorkerModule, providers: [{ provide: ServiceHost, useValue: host }] };
  return NestFactory.createApplicationContext(module, { logger: nestLogger(surroundings.logger), abortOnError: false });
}
