import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/**
 * Serves GET /metrics for Prometheus, and GET /healthz, which says that the process lives.
 * @returns once it listens. @throws where it cannot listen there.
 */
export async function serveMetrics(registry: Registry, place: { readonly host: string; readonly port: number }): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return void response.writeHead(200).end('ok');
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (cause: unknown) => response.writeHead(500).end(String(cause)),
    );
  });
  server.listen(place);
  await once(server, 'listening');
  return server;
}
