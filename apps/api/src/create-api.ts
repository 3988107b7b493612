import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { findAdminFolder, openAdmin } from './admin/admin-pages.js';
import { ApiModule } from './api.module.js';
import type { BidRoutes } from './bidding/bid-routes.js';
import type { ApiSettings } from './composition/settings.js';
import type { RuntimeDependencies } from './composition/runtime-dependencies.js';
import { accessLines, logAccess } from './http/access-log.js';
import type { Connections } from './http/connections.js';
import { allowOrigins } from './http/cors.js';
import type { InTurn } from '#market';
import { nestLogger } from '#runtime';
import type { RequestAuthorizer } from './http/request-authorizer.js';
import type { Holds } from './http/holds.js';
import { readJsonBodies } from './http/json-body.js';
import { Patience } from './http/patience.js';
import { ProblemFilter } from './http/problem-filter.js';
import { requestIdOf, tellRequestIds } from './http/request-ids.js';
import { answerRouterErrors, type RouterErrorTools } from './http/router-error.js';
import { secureAnswers } from './http/security-headers.js';
import { createHttpServer, refuseUnread } from './http/server.js';
import { takeIn } from './http/take-in.js';
import type { DatabaseTurns } from './http/turn-interceptor.js';
import type { Ending } from './composition/drain.js';
import { type ApiDocument } from './service/api-document.js';
import { openFrontDoor } from './service/front-page.js';
import type { Metrics } from './service/metrics.js';
import { traceRequests } from './tracing/trace-requests.js';

/** What an application is made of. */
export interface ApiOptions {
  readonly settings: ApiSettings;
  readonly surroundings: RuntimeDependencies;
  /** Plain objects that the controllers are served by, each known by its class. */
  readonly services: readonly object[];
  readonly turns: DatabaseTurns;
  readonly gate: RequestAuthorizer;
  readonly door: BidRoutes;
  readonly metrics: Metrics;
  readonly document: ApiDocument;
  readonly connections: Connections;
  readonly holds: Holds;
  /** Turns for parts of large bodies. */
  readonly large: InTurn;
  readonly newRequestId: () => string;
  readonly ending: Ending;
}

/** Makes the application; it doesn't listen yet. Fails where routes and contract differ. */
export async function createApi(options: ApiOptions): Promise<NestFastifyApplication> {
  const { surroundings, settings, services, turns, metrics, document } = options;
  const { logger, clock } = surroundings;
  const line = accessLines({ logger, logged: settings.accessLogged ?? 'off', nowMs: () => clock.nowMs() });
  const origins = new Set(settings.corsOrigins ?? []);
  const adapter = adapterOf(options, { origins, line, refused: (code) => metrics.refused(code) });
  wayIn(adapter.getInstance(), options, { origins, line });
  const filter = new ProblemFilter(logger, new Patience(clock));
  const module = ApiModule.over([...services, metrics, document], turns, filter);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  options.door.open(app.getHttpAdapter().getInstance());
  openFrontDoor(adapter.getInstance());
  openAdmin(adapter.getInstance(), settings.adminFolder ?? findAdminFolder(), surroundings.randomBytes);
  return app;
}

function adapterOf({ settings, connections, newRequestId }: ApiOptions, tools: RouterErrorTools): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: settings.bodyLimitBytes,
    return503OnClosing: false,
    frameworkErrors: answerRouterErrors(tools),
    genReqId: requestIdOf(newRequestId),
    serverFactory: (serve: (request: IncomingMessage, response: ServerResponse) => void): Server => createHttpServer(serve, connections),
    clientErrorHandler: refuseUnread(connections),
  });
}

/** What every request goes through before its controller, in this order. */
function wayIn(server: FastifyInstance, options: ApiOptions, { origins, line }: Pick<RouterErrorTools, 'origins' | 'line'>): void {
  const { settings, surroundings, gate, metrics, connections, holds, large, ending } = options;
  tellRequestIds(server);
  secureAnswers(server);
  allowOrigins(server, origins);
  metrics.observe(server);
  logAccess(server, line);
  if (surroundings.tracing) traceRequests(server);
  takeIn(server, { gate, connections, requests: holds.requests });
  readJsonBodies(server, { gate, connections, bodies: holds.bodies, large, limitBytes: settings.bodyLimitBytes });
  hangUpWhen(ending.draining.signal, server);
}

/** Answers given while the server stops end their connections: an idle one would hold up the end. */
function hangUpWhen(draining: AbortSignal, server: FastifyInstance): void {
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining.aborted) reply.header('connection', 'close');
    done();
  });
}
