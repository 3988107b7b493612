import { beginRequest, type RequestSpan } from '#telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Makes each request a span, in the trace that its headers name. */
export function traceRequests(server: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    spans.set(request, beginRequest({ method, headers, route: routeOptions.url ?? 'none' }));
    done();
  });
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span)
      span.within(done); // here and not before: reading the body leaves the context
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(reply.statusCode);
    done();
  });
}
