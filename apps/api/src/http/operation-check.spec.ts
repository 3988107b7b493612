import 'reflect-metadata';
import { operationIds } from '#contracts';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { checkServed, OperationCheck } from './operation-check.js';

it('lets through routes that match the contract one to one', () => {
  expect(() => checkServed(operationIds)).not.toThrow();
});

it('names operations that nobody or more than one method serves', () => {
  expect(() => checkServed(operationIds.filter((id) => id !== 'placeBid'))).toThrow(
    'without a controller: [placeBid], with more than one: []',
  );
  expect(() => checkServed([...operationIds, 'getBid'])).toThrow('without a controller: [], with more than one: [getBid]');
});

@Controller()
class Careless {
  @Get('/v1/backdoor')
  backdoor(): string {
    return 'open';
  }
}

@Module({ imports: [DiscoveryModule], controllers: [Careless], providers: [OperationCheck] })
class CarelessModule {}

it('fails the start for a route without a policy', async () => {
  const app = await NestFactory.create(CarelessModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  await expect(app.init()).rejects.toThrow('Careless.backdoor has no policy');
});
