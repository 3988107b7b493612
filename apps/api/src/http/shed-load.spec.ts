import 'reflect-metadata';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { request } from 'undici';
import { ProblemFilter } from './problem-filter.js';
import { shedLoad } from './shed-load.js';

let letGo: () => void;
let held: Promise<void>;

@Controller()
class Busy {
  @Post('/hold')
  hold(): Promise<void> {
    return held;
  }

  @Get('/healthz')
  health(): string {
    return 'ok';
  }
}

@Module({ controllers: [Busy], providers: [{ provide: APP_FILTER, useValue: new ProblemFilter(pino({ level: 'silent' })) }] })
class BusyModule {}

let app: NestFastifyApplication;
let url: string;
beforeEach(async () => {
  held = new Promise((resolve) => (letGo = resolve));
  app = await NestFactory.create<NestFastifyApplication>(BusyModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  shedLoad(app.getHttpAdapter().getInstance(), { requestsMax: 3, bytesMax: 100, bodyLimitBytes: 60 });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterEach(() => app.close());

const post = (length: number) =>
  request(`${url}/hold`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify('x'.repeat(length - 2)) });
/** Waits until so many requests have come in. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

it('should turn a request away whose body would be too much, and take it once there is room', async () => {
  const first = post(60);
  await settled();
  const refused = await post(60);
  expect([refused.statusCode, refused.headers['retry-after'], await refused.body.json()]).toEqual([
    503,
    '1',
    expect.objectContaining({ type: 'urn:eris:problem:overloaded' }),
  ]);
  expect((await request(`${url}/healthz`)).statusCode).toBe(200);
  letGo();
  expect((await first).statusCode).toBe(201);
  await settled();
  expect((await post(60)).statusCode).toBe(201);
});

it('should turn requests away beyond its number, and forget those whose caller has gone', async () => {
  const abort = new AbortController();
  const gone = request(`${url}/hold`, { method: 'POST', signal: abort.signal });
  const others = [post(4), post(4)];
  await settled();
  expect((await post(4)).statusCode).toBe(503);
  expect((await request(`${url}/healthz`)).statusCode).toBe(200);
  abort.abort();
  await expect(gone).rejects.toThrow();
  await settled();
  const next = post(4);
  await settled();
  letGo();
  expect((await next).statusCode).toBe(201);
  expect((await Promise.all(others)).map(({ statusCode }) => statusCode)).toEqual([201, 201]);
});
