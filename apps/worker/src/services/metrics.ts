import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Service } from '#runtime';
import { StartError } from '../start-error.js';
import type { WorkerParts } from '../parts.js';

/** Serves GET /metrics for Prometheus, and GET /healthz, which says that the process lives; where the settings say so. */
export function serveMetrics({ settings: { metrics: place }, report: { registry } }: WorkerParts): Service {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return void response.writeHead(200).end('ok');
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (cause: unknown) => response.writeHead(500).end(String(cause)),
    );
  });
  return {
    name: 'metrics',
    start: async () => {
      if (!place) return;
      server.listen(place);
      await once(server, 'listening').catch((cause: unknown) => {
        throw takenError(place, cause);
      });
    },
    stop: () => {
      server.close();
    },
  };
}

function takenError({ host, port }: { readonly host: string; readonly port: number }, cause: unknown): StartError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  const fault = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
  return new StartError(`ERIS_WORKER_METRICS_PORT: port ${port} of ${host} ${fault}. Set it to another one, or to 0 for none.`, { cause });
}
