import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { problemOf } from '#contracts';
import { ApiModule } from './api.module.js';
import type { BidDoor } from './bidding/bid-door.js';
import { endIdleConnections } from './http/idle-connections.js';
import { readJsonBodies } from './http/json-body.js';
import { shedLoad } from './http/shed-load.js';
import { NestLog } from './http/nest-log.js';
import type { Ending } from './composition/lifecycle.js';
import { type ApiDocument } from './service/api-document.js';
import type { Metrics } from './service/metrics.js';
import { traceRequests } from './tracing/trace-requests.js';

/** Requests in hand at once, and largest bodies among them: beyond it requests are turned away before their bodies are read. */
const REQUESTS_MAX = 10_000;
const BODIES_MAX = 64;

export interface ApiOptions {
  /** Plain objects that the controllers are served by, each known by its class. */
  readonly services: readonly object[];
  readonly door: BidDoor;
  readonly metrics: Metrics;
  readonly document: ApiDocument;
  readonly bodyLimitBytes: number;
  readonly logger: Logger;
  /** Whether requests are spans of traces. */
  readonly isTraced: boolean;
  readonly ending: Ending;
}

/** Makes the application; it doesn't listen yet. Fails where routes and contract differ. */
export async function createApi({
  services,
  door,
  metrics,
  document,
  bodyLimitBytes,
  logger,
  isTraced,
  ending,
}: ApiOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: bodyLimitBytes, return503OnClosing: false, frameworkErrors: answerFrameworkError });
  const module = ApiModule.over([...services, metrics, document], logger);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new NestLog(logger),
    abortOnError: false,
  });
  const server = app.getHttpAdapter().getInstance();
  readJsonBodies(server);
  metrics.observe(server);
  if (isTraced) traceRequests(server);
  shedLoad(server, { requestsMax: REQUESTS_MAX, bytesMax: BODIES_MAX * bodyLimitBytes, bodyLimitBytes });
  hangUpWhen(ending.draining.signal, server);
  door.open(server);
  endIdleConnections(server.server, ending.stopping.signal);
  return app;
}

/** Answers given while the server stops end their connections: an idle one would hold up the end. */
function hangUpWhen(draining: AbortSignal, server: FastifyInstance): void {
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining.aborted) reply.header('connection', 'close');
    done();
  });
}

/** What the router itself refuses, before any of ours is reached: a malformed address. */
function answerFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const code = error.statusCode === 414 ? 'uri_too_long' : 'malformed_request';
  const problem = problemOf(code, { detail: error.message });
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}
