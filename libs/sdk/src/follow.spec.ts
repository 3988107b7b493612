import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Eris, type FollowOptions, type MarketEvent, ProblemError } from './index.js';

type Serve = (response: ServerResponse, count: number) => void;

let server: Server;
let serve: Serve;
let asked: IncomingHttpHeaders[];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers);
    serve(response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => (asked = []));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const events = (options: FollowOptions = {}) =>
  new Eris({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, key: 'eris_o_key' }).events('1', {
    retryMs: 5,
    ...options,
  });
const eventText = (sequence: number, name = 'Zürich 🜚'): string =>
  `id: ${sequence}\nevent: market_opened\ndata: ${JSON.stringify({ sequence: String(sequence), kind: 'market_opened', at: '2026-11-22T09:00:00.000Z', payload: { name, clock: 'manual' } })}\n\n`;
const begin = (response: ServerResponse): ServerResponse => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 1000\n\n');
  return response;
};
const refuse = (response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  response.end(JSON.stringify({ type: `urn:eris:problem:${code}`, title: code, status, detail: code, remedy: 'Wait.' }));
};

async function take(count: number, options?: FollowOptions): Promise<string[]> {
  const taken: MarketEvent[] = [];
  for await (const event of events(options)) if (taken.push(event) === count) break;
  return taken.map(({ sequence }) => sequence);
}

it('reads events however their bytes are cut', async () => {
  serve = (response) => {
    begin(response);
    const bytes = Buffer.from(`: still here\n\n${eventText(1)}${eventText(2).replaceAll('\n', '\r\n')}`);
    let at = 0;
    const timer = setInterval(() => (at < bytes.length ? response.write(bytes.subarray(at, (at += 7))) : clearInterval(timer)), 1);
  };
  const seen: MarketEvent[] = [];
  for await (const event of events()) if (seen.push(event) === 2) break;
  expect(seen.map((event) => event.kind === 'market_opened' && event.payload.name)).toEqual(['Zürich 🜚', 'Zürich 🜚']);
});

it('goes on after the last event where a stream breaks, and gives none out twice', async () => {
  const breaks: unknown[] = [];
  serve = (response, count) => {
    const last = Number(asked[count - 1]['last-event-id'] ?? 0);
    begin(response).write(eventText(Math.max(1, last)) + eventText(last + 1)); // the last one once more
    setTimeout(() => (count % 2 ? response.destroy() : response.end()), 10);
  };
  expect(await take(6, { onBreak: (cause) => breaks.push(cause) })).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(asked.map((headers) => headers['last-event-id'])).toEqual([undefined, '1', '2', '3', '4', '5']);
  expect(breaks).toHaveLength(5);
});

it('begins after what is known already', async () => {
  serve = (response) => void begin(response).write(eventText(42));
  expect(await take(1, { after: '41' })).toEqual(['42']);
  expect(asked[0]).toMatchObject({ 'last-event-id': '41', authorization: 'Bearer eris_o_key', accept: 'text/event-stream' });
});

it('takes a stream that falls silent for dead, and a comment for life', async () => {
  serve = (response, count) => {
    begin(response).write(eventText(count));
    if (count < 2) return;
    const timer = setInterval(() => response.write(': still here\n\n'), 50);
    setTimeout(() => response.write(eventText(count + 1)), 600);
    response.on('close', () => clearInterval(timer));
  };
  expect(await take(3, { silenceMs: 300 })).toEqual(['1', '2', '3']);
  expect(asked).toHaveLength(2);
});

it('comes back when it is told to where the server is busy', async () => {
  serve = (response, count) => {
    if (count < 3) refuse(response, count === 1 ? 503 : 429, 'streams_open', { 'retry-after': '0' });
    else begin(response).write(eventText(1));
  };
  expect(await take(1)).toEqual(['1']);
  expect(asked).toHaveLength(3);
});

it.each([
  ['an unknown market', (response: ServerResponse) => refuse(response, 404, 'market_unknown'), 'market_unknown'],
  ['a key that is none', (response: ServerResponse) => refuse(response, 401, 'unauthenticated'), 'unauthenticated'],
  [
    'a key that was revoked meanwhile',
    (response: ServerResponse) => void begin(response).end(`${eventText(1)}event: end\ndata: {"reason":"key_revoked"}\n\n`),
    'unauthenticated',
  ],
])('ends with a problem for %s', async (_name, answer, code) => {
  serve = answer;
  const error = await take(2).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({ code });
  expect(asked).toHaveLength(1);
});

it('hangs up when its reader leaves, and ends with the reason of an abort', async () => {
  let closed = 0;
  serve = (response) => {
    response.on('close', () => (closed += 1));
    begin(response).write(eventText(1));
  };
  expect(await take(1)).toEqual(['1']);
  const giveUp = new AbortController();
  setTimeout(() => giveUp.abort(new Error('enough')), 50);
  await expect(take(2, { signal: giveUp.signal })).rejects.toThrow('enough');
  await expect(take(2, { signal: giveUp.signal })).rejects.toThrow('enough');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([closed, asked.length]).toEqual([2, 2]);
});

it('hangs up at an abort also after garbage was collected', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let closed = 0;
  serve = (response) => {
    response.on('close', () => (closed += 1));
    begin(response).write(eventText(1));
  };
  const giveUp = new AbortController();
  const ended = take(2, { signal: giveUp.signal }).catch((cause: unknown) => cause);
  for (let time = 0; time < 5; time++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }
  giveUp.abort(new Error('enough'));
  expect(await ended).toMatchObject({ message: 'enough' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(closed).toBe(1);
});
