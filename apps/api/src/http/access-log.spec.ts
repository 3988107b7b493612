import { setImmediate as immediate } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { accessLines, type AccessLogged, logAccess } from './access-log.js';
import { answerRouterErrors } from './router-error.js';

interface Line {
  readonly path: string;
  readonly status: number;
  readonly leftOut?: number;
}

let lines: Line[];
let nowMs: number;
let server: FastifyInstance;
let url: string;

async function serve(logged: AccessLogged): Promise<void> {
  lines = [];
  nowMs = 10_000;
  const logger = pino({ level: 'info' }, { write: (text) => void lines.push(JSON.parse(text) as Line) });
  const line = accessLines({ logger, logged, nowMs: () => nowMs });
  server = Fastify({ frameworkErrors: answerRouterErrors({ origins: new Set(), line, refused: () => undefined }) });
  logAccess(server, line);
  server.get('/there/:id', () => 'yes');
  url = await server.listen({ host: '127.0.0.1', port: 0 });
}
afterEach(() => server.close());

async function ask(path: string): Promise<void> {
  await (await fetch(`${url}${path}`, { headers: { connection: 'close' } })).text();
  await immediate(); // the line comes after the answer
}
const told = (): [string, number][] => lines.map(({ path, status }) => [path, status]);

it.each<[AccessLogged, [string, number][]]>([
  ['off', []],
  [
    'failures',
    [
      ['/nowhere', 404],
      ['/there/%zz', 400],
    ],
  ],
  [
    'all',
    [
      ['/there/1', 200],
      ['/nowhere', 404],
      ['/there/%zz', 400],
    ],
  ],
])('gives a line to each request that is to have one, refused by the router or not: %s', async (logged, wanted) => {
  await serve(logged);
  for (const path of ['/there/1?secret=a', '/nowhere', '/there/%zz']) await ask(path);
  expect(told()).toEqual(wanted);
});

it('counts failures past fifty in a second', async () => {
  await serve('failures');
  for (let asked = 0; asked < 60; asked += 1) await ask(asked % 2 === 0 ? '/nowhere' : '/there/%zz');
  expect(lines).toHaveLength(50);
  nowMs += 1_000;
  await ask('/nowhere');
  expect(lines.slice(50)).toMatchObject([{ leftOut: 10 }, { path: '/nowhere', status: 404 }]);
});
