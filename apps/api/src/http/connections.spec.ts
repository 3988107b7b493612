import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Connections, type Serve } from './connections.js';
import { createHttpServer } from './server.js';

const GET = 'GET / HTTP/1.1\r\nHost: eris\r\n\r\n';

/** A server whose requests `serve` answers, and what its connections know. */
async function open(serve: Serve) {
  const connections = new Connections({ connectionsMax: 10, perAddressMax: 10, bodyMs: 1_000, unreadMs: 1_000, onRefused: () => 'an id' });
  const server = createHttpServer(serve, connections);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => (connections.endAll(), server.close(() => resolve())));
  const dial = (): Socket => connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  return { connections, dial, close };
}

/** @returns everything that comes until the server ends the connection. */
const all = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('end', () => resolve(text));
  });
const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);

it('answers the first of very many pipelined requests, in their order, and then ends', async () => {
  const served: string[] = [];
  const stand = await open((request, response) => {
    served.push(request.url ?? '');
    setImmediate(() => response.end(request.url));
  });
  const socket = stand.dial();
  const answers = all(socket);
  socket.write(Array.from({ length: 1_000 }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: eris\r\n\r\n`).join(''));
  expect(statuses(await answers)).toEqual(new Array(33).fill('200'));
  expect(served).toEqual(Array.from({ length: 33 }, (_, index) => `/${index}`));
  expect(stand.connections.busyCount).toBe(0);
  await stand.close();
});

it('refuses a stranger who pipelines once', async () => {
  const stand = await open((_, response) => void (response.writeHead(401), setImmediate(() => response.end())));
  const socket = stand.dial();
  const answers = all(socket);
  socket.write(GET.repeat(5));
  expect(statuses(await answers)).toEqual(['401']);
  await stand.close();
});

it('takes requests that come one after the other, however many', async () => {
  const stand = await open((_, response) => void response.end());
  const socket = stand.dial();
  let answered = 0;
  const done = new Promise<void>((resolve) => {
    socket.on('data', () => {
      answered += 1;
      if (answered === 50) resolve();
      else socket.write(GET);
    });
  });
  socket.write(GET);
  await done;
  expect(answered).toBe(50);
  await stand.close();
});

it('tells at once of the end of a request that is over already', async () => {
  let come: (exchange: [IncomingMessage, ServerResponse]) => void = () => undefined;
  const exchange = new Promise<[IncomingMessage, ServerResponse]>((resolve) => (come = resolve));
  const stand = await open((request, response) => come([request, response]));
  const socket = stand.dial();
  socket.write(GET);
  const [request] = await exchange;
  const gone = new Promise((resolve) => request.socket.once('close', resolve));
  socket.destroy();
  await gone;
  let told = 0;
  stand.connections.whenOver(request, () => (told += 1));
  expect(told).toBe(1);
  await stand.close();
});
