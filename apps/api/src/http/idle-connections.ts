import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** While the server stops, idle connections are looked for this often, ms: time for a request that is already on its way. */
const LOOK_EVERY_MS = 100;

/**
 * Ends idle connections once the server begins to stop. Node does so by itself only for those that have had a request: one that a
 * client opened in advance would hold up the end for a minute.
 */
export function endIdleConnections(server: Server, stopping: AbortSignal): void {
  const idle = new Set<Socket>();
  server.on('connection', (socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => void (socket.destroyed || idle.add(socket)));
  });
  const sweep = (): void => idle.forEach((socket) => socket.destroy());
  const sweepUntilClosed = (): void => {
    const timer = setInterval(sweep, LOOK_EVERY_MS);
    server.once('close', () => clearInterval(timer));
  };
  stopping.addEventListener('abort', sweepUntilClosed, { once: true });
}
