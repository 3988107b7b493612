import { setImmediate } from 'node:timers/promises';
import type { KnownKinds } from '#kinds';
import { AWAKE_MS, type InTurn } from '#market';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { listenForChanges } from '#persistence';
import { ServiceHost } from '#runtime';
import { openThinkPool, type ThinkWatch } from '#thinking';
import { createApi } from '../create-api.js';
import { Connections } from '../http/connections.js';
import { createHolds, type Holds, TENANT_SHARE } from '../http/holds.js';
import { newRequestIds } from '../http/request-ids.js';
import { shareWork } from '../http/turns.js';
import { ApiDocument } from '../service/api-document.js';
import { Metrics } from '../service/metrics.js';
import { MarketChangeNotifier } from '../streams/market-change-notifier.js';
import { compose } from './compose.js';
import { Drain } from './drain.js';
import { servicesOf } from './services.js';
import type { ApiSettings } from './settings.js';
import { openStores } from './stores.js';
import type { RuntimeDependencies } from './runtime-dependencies.js';

/** Requests in hand at once, and largest bodies among them, and requests that wait for decisions. */
const REQUESTS_MAX = 10_000;
const BODIES_MAX = 64;
const WAITS_MAX = 5_000;
/** What holds where the settings say nothing. */
const STREAMS_MAX = 2_000;
const CONNECTIONS_MAX = 20_000;
const CONNECTIONS_PER_ADDRESS = 5_000;
const BODY_MS = 10_000;
/** A client that takes nothing of what was sent to it for so long loses its connection, ms. */
const UNREAD_MS = 30_000;
const SHUTDOWN_MS = 10_000;

/** What has a body in hand is counted by its bytes. */
const NOBODY_REFUSED = { perOrganisation: Infinity, perTenant: Infinity, inAll: Infinity };

/** Makes the whole API over a database that has its schema. It listens where the caller says, and gives everything back when it is closed. */
export async function createApplication(
  settings: ApiSettings,
  surroundings: RuntimeDependencies,
  { kinds, kindsFrom }: KnownKinds,
): Promise<NestFastifyApplication> {
  const { logger } = surroundings;
  const ending = { draining: new AbortController(), stopping: new AbortController() };
  const metrics = new Metrics(logger);
  const pulse = new MarketChangeNotifier();
  const stores = openStores(settings, metrics);
  let decidedAtMs = -Infinity;
  const isAwake = (): boolean => Math.abs(surroundings.clock.nowMs() - decidedAtMs) < AWAKE_MS;
  const listen = () =>
    listenForChanges(settings.databaseUrl, {
      onChange: ({ marketId, isDecided }) => {
        if (isDecided) decidedAtMs = surroundings.clock.nowMs();
        pulse.publish(marketId);
      },
      onTrouble: (cause) => metrics.trouble('notification', cause, 'not listening for changes; looking now and then instead'),
    });
  const watch: ThinkWatch = {
    ended: (task, seconds) => metrics.thought(task, seconds),
    failed: (task, cause) =>
      metrics.trouble('thread', cause, 'a thread could not think something through; who asked is told to ask again', { task }),
  };
  const thinkers = openThinkPool({ threads: settings.thinkThreads, clock: surroundings.clock, watch, ...(kindsFrom && { kindsFrom }) });
  const newRequestId = newRequestIds(surroundings.randomBytes);
  const { connections, holds } = intake(settings, metrics, newRequestId);
  const large = largeBodies(metrics);
  const parts = { thinkers, kinds, large, settings, surroundings, stores, metrics, pulse, ending, holds, isAwake };
  const { services, turns, gate, door, accept } = compose(parts);
  const { drainMs = 0, shutdownMs = SHUTDOWN_MS } = settings;
  const drain = new Drain({ ending, drainMs, shutdownMs, connections });
  const host = new ServiceHost(servicesOf({ stores, listen, thinkers, accept, tracing: surroundings.tracing }));
  return createApi({
    settings,
    surroundings,
    services: [...services, drain, host],
    turns,
    gate,
    door,
    metrics,
    document: new ApiDocument(settings.version, kinds),
    connections,
    holds,
    large,
    newRequestId,
    ending,
  });
}

/** Turns at the event loop for large bodies, a part of one at a time, and whatever else has come in between: tenants by turns, nobody refused. */
function largeBodies(metrics: Metrics): InTurn {
  const pause = (): Promise<unknown> => setImmediate();
  const { inTurn, count } = shareWork('parts of large bodies', { ...NOBODY_REFUSED, atOnce: 1, pause });
  metrics.held('parts of large bodies', count);
  return inTurn;
}

/** What connections and requests may hold, and what of it is shown. */
function intake(settings: ApiSettings, metrics: Metrics, newRequestId: () => string): { connections: Connections; holds: Holds } {
  const connections = new Connections({
    connectionsMax: settings.connectionsMax ?? CONNECTIONS_MAX,
    perAddressMax: settings.connectionsPerAddress ?? CONNECTIONS_PER_ADDRESS,
    bodyMs: settings.bodyTimeoutMs ?? BODY_MS,
    unreadMs: UNREAD_MS,
    onRefused: (code) => {
      metrics.refused(code);
      return newRequestId();
    },
  });
  const holds = createHolds({
    requests: REQUESTS_MAX,
    bodyBytes: BODIES_MAX * settings.bodyLimitBytes,
    streams: settings.eventStreamsMax ?? STREAMS_MAX,
    waits: WAITS_MAX,
    share: settings.tenantShare ?? TENANT_SHARE,
    bodyLimitBytes: settings.bodyLimitBytes,
  });
  metrics.gauge('eris_connections', 'Connections that are open.', () => connections.count);
  metrics.held('requests', () => holds.requests.held);
  metrics.held('body bytes', () => holds.bodies.held);
  metrics.held('streams', () => holds.streams.held);
  metrics.held('waits', () => holds.waits.held);
  return { connections, holds };
}
