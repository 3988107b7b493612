import { LIMITS } from '#contracts';
import type { Kinds } from '#kinds';
import {
  AcceptBids,
  type AcceptLimits,
  AddSite,
  AdvanceClock,
  type BidInbox,
  CancelAllocation,
  CapBacklog,
  ChangeMarket,
  CheckBid,
  CreateMarket,
  Deposit,
  type InTurn,
  type NewBid,
  type Party,
  type UndecidedBids,
  GetMarket,
  ListAccounts,
  ListEntries,
  ListMarkets,
  ListLevels,
  ListSites,
  QuoteCancellation,
  ReadAllocations,
  ReadDensity,
  ReadReceipt,
  ReadBids,
  ReadEvents,
  ReadSeries,
  SearchBids,
  WakeUpNotifier,
} from '#market';
import {
  createAccountsReader,
  createAccountsWork,
  createAllocationReader,
  createBidContextReader,
  createBidInbox,
  createBidReader,
  createBidSearcher,
  createCancellationStore,
  createCatalogueReader,
  createCatalogueWork,
  createClockStore,
  createEventReader,
  createDensityReader,
  createLevelReader,
  createReceiptReader,
  createSeriesReader,
  createUndecidedBids,
  explainSchema,
  isFit,
  readSchemaState,
} from '#persistence';
import type { ThinkPool } from '#thinking';
import { BidBodies } from '../bidding/bid-bodies.js';
import { BidRoutes } from '../bidding/bid-routes.js';
import { MeasuredAccept } from '../bidding/measured-accept.js';
import { ChangeAllocation } from '../bidding/change-allocation.js';
import { type FindBid, PlaceBids } from '../bidding/place-bids.js';
import { RequestAuthorizer } from '../http/request-authorizer.js';
import { type Holds, sharesOf, TENANT_SHARE } from '../http/holds.js';
import type { DatabaseTurns } from '../http/turn-interceptor.js';
import { partyOf } from '../http/turns.js';
import type { Metrics } from '../service/metrics.js';
import { MarketSeries } from '../service/market-series.js';
import { type DatabaseSays, Readiness } from '../service/readiness.js';
import { DecisionWaiter } from '../streams/decision-waiter.js';
import { EventStreams } from '../streams/event-streams.js';
import type { MarketChangeNotifier } from '../streams/market-change-notifier.js';
import { Waits } from '../streams/waits.js';
import { BidTraces } from '../tracing/bid-traces.js';
import type { Ending } from './drain.js';
import type { CallerWatch } from '../http/caller-watch.js';
import { callerWatchOf, rateGate, tenancy } from './tenancy.js';
import { databaseTurns } from './database-turns.js';
import { pricing } from './pricing.js';
import type { ApiSettings } from './settings.js';
import type { Stores } from './stores.js';
import { windows } from './windows.js';
import type { RuntimeDependencies } from './runtime-dependencies.js';

/** While no worker is known to be awake, it is rung at most so often, ms. */
const NOTIFY_REST_MS = 100;

/** What the services are made of. */
export interface Parts {
  readonly settings: ApiSettings;
  readonly surroundings: RuntimeDependencies;
  readonly stores: Stores;
  readonly metrics: Metrics;
  readonly pulse: MarketChangeNotifier;
  readonly ending: Ending;
  readonly thinkers: ThinkPool;
  readonly kinds: Kinds;
  readonly holds: Holds;
  /** Turns for parts of large bodies. */
  readonly large: InTurn;
  /** Whether a worker is known to be awake. */
  readonly isAwake: () => boolean;
}

interface Accepting {
  readonly accept: AcceptBids;
  readonly measured: MeasuredAccept;
  readonly notifier: WakeUpNotifier;
}

/** What the server is made of: every service that a controller asks for, and the routes of bids. */
interface Composed {
  readonly services: object[];
  readonly turns: DatabaseTurns;
  readonly gate: RequestAuthorizer;
  readonly door: BidRoutes;
  readonly accept: AcceptBids;
}

/** Makes everything that serves requests out of what holds connections; nothing is opened here. */
export function compose(parts: Parts): Composed {
  const turns = databaseTurns(parts.settings.connections, parts.metrics);
  const { accept, measured, notifier } = accepting(parts, turns);
  const callers = callerWatchOf(parts);
  const { keyring, services: tenants } = tenancy(parts, callers);
  const gate = new RequestAuthorizer(keyring, rateGate(parts));
  const bodies = new BidBodies(parts.kinds);
  const { ways, services: bids } = bidding(parts, { measured, callers, turns, bodies });
  return {
    services: [...tenants, ...catalogue(parts, { notifier, callers, turns }), ...bids, bodies, ...accounts(parts), readiness(parts)],
    turns,
    gate,
    door: new BidRoutes(gate, ways, bodies),
    accept,
  };
}

/** The way in: statements, wake-ups, and what is measured of them. */
function accepting({ stores, metrics, settings, surroundings: { clock }, isAwake }: Parts, turns: DatabaseTurns): Accepting {
  const traces = new BidTraces();
  const onNotSent = (marketId: bigint, err: unknown): void => {
    metrics.trouble('wake_ups', err, 'no worker was woken; the sweep makes up for it', { marketId: marketId.toString() });
  };
  const notifier = new WakeUpNotifier(traces.wakeUps(stores.wakeUps), onNotSent, { restMs: NOTIFY_REST_MS, isAwake });
  const inbox = traces.inbox(createBidInbox(stores.pool));
  const counted: BidInbox = {
    insert: (bids) => {
      metrics.stored(bids.length);
      return inbox.insert(bids);
    },
  };
  const accept = new AcceptBids(counted, notifier, acceptLimits(settings), clock);
  metrics.gauge('eris_bids_waiting', 'Bids that wait for their statement.', () => accept.waiting);
  const { undecidedMax } = settings;
  const capped = undecidedMax === undefined ? accept : new CapBacklog(accept, undecidedInTurn(stores, turns), undecidedMax, clock);
  return { accept, measured: new MeasuredAccept(capped, traces, metrics, clock), notifier };
}

/** Undecided bids, counted when it is their bidder's turn. */
function undecidedInTurn({ pool }: Stores, { reads }: DatabaseTurns): UndecidedBids {
  const undecided = createUndecidedBids(pool);
  const partyOfBid = ({ organisationId, tenantId = organisationId }: Pick<NewBid, 'organisationId' | 'tenantId'>): Party => ({
    organisationId,
    tenantId,
  });
  return { ...undecided, count: (place, max) => reads(partyOfBid(place), () => undecided.count(place, max)) };
}

/** What a tenant may have of the queue for bids, as of all that is shared; a whole bulk request at least. */
function acceptLimits({ accept, tenantShare }: ApiSettings): AcceptLimits {
  const { organisation, family } = sharesOf(accept.queueMax, { share: tenantShare ?? TENANT_SHARE, least: LIMITS.bulkBids });
  return { ...accept, organisationMax: organisation, tenantMax: family };
}

function catalogue(
  { stores, kinds, surroundings: { clock }, metrics, pulse, ending, holds }: Parts,
  { notifier, callers, turns }: { notifier: WakeUpNotifier; callers: CallerWatch; turns: DatabaseTurns },
): object[] {
  const work = createCatalogueWork(stores.base);
  const reader = createCatalogueReader(stores.pool);
  const readEvents = new ReadEvents(createEventReader(stores.pool));
  const streams = new EventStreams({ readEvents, pulse, clock }, { quota: holds.streams, callers }, ending.stopping.signal);
  metrics.gauge('eris_event_streams', 'Event streams that are open.', () => streams.openCount);
  return [
    new CreateMarket(work),
    new ListMarkets(reader),
    new GetMarket(reader),
    new ChangeMarket(work),
    new AddSite(work),
    new ListSites(reader),
    ...windows({ stores, kinds, clock }),
    new AdvanceClock(createClockStore(stores.pool), clock, (marketId) => notifier.notify(marketId), turns.reads),
    streams,
  ];
}

function bidding(
  parts: Parts,
  { measured, callers, turns, bodies }: { measured: MeasuredAccept; callers: CallerWatch; turns: DatabaseTurns; bodies: BidBodies },
): { ways: { placeBids: PlaceBids; changeAllocation: ChangeAllocation }; services: object[] } {
  const { stores, metrics, pulse, ending, holds, surroundings } = parts;
  const { clock } = surroundings;
  const reader = createBidReader(stores.pool);
  const readBids = new ReadBids(reader);
  const waiter = new DecisionWaiter(reader, pulse, ending.stopping.signal, (err) => {
    metrics.trouble('wait', err, 'could not look for decisions; those who wait get 202');
  });
  const checks = { bodies, market: new CheckBid(createBidContextReader(stores.pool), parts.kinds) };
  const placeBids = new PlaceBids(checks, measured, findDecided(readBids, turns), new Waits(waiter, holds.waits, callers), parts.large);
  const { allocations, quotes, services } = allocationsOf(parts);
  const keyed = createUndecidedBids(stores.pool);
  return {
    ways: { placeBids, changeAllocation: new ChangeAllocation({ placeBids, bodies, allocations, quotes, keyed, clock }) },
    services: [readBids, ...services, ...views(parts), ...pricing(parts, turns.reads)],
  };
}

function allocationsOf({ stores, kinds, surroundings: { clock } }: Parts) {
  const store = createCancellationStore(stores.pool);
  const allocations = new ReadAllocations(createAllocationReader(stores.pool));
  const quotes = new QuoteCancellation(store, kinds, clock);
  return { allocations, quotes, services: [allocations, quotes, new CancelAllocation(store, kinds, clock)] };
}

function views({ stores, surroundings: { clock } }: Parts): object[] {
  return [
    new SearchBids(createBidSearcher(stores.pool)),
    new MarketSeries(new ReadSeries(createSeriesReader(stores.pool)), clock),
    new ListLevels(createLevelReader(stores.pool)),
    new ReadReceipt(createBidReader(stores.pool), createReceiptReader(stores.pool)),
    new ReadDensity(createBidReader(stores.pool), createDensityReader(stores.pool)),
  ];
}

/** A decided bid, found when it is its bidder's turn. */
const findDecided = (bids: ReadBids, { reads }: DatabaseTurns): FindBid => {
  return (caller, bidId) => reads(partyOf(caller), () => bids.find(caller, bidId));
};

function accounts({ stores }: Parts): object[] {
  const reader = createAccountsReader(stores.pool);
  return [new ListAccounts(reader), new ListEntries(reader), new Deposit(createAccountsWork(stores.base))];
}

function readiness({ stores, surroundings: { logger, clock }, ending }: Parts): Readiness {
  const ask = async (): Promise<DatabaseSays> => {
    const state = await readSchemaState(stores.pool);
    const rest = explainSchema(state);
    return { isFit: isFit(state), ...(rest === undefined ? {} : { remark: `The database ${rest}` }) };
  };
  return new Readiness(ask, ending.draining.signal, (remark) => logger.warn(remark), clock);
}
