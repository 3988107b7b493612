import { LIMITS } from '#contracts';
import {
  AcceptBids,
  AddSite,
  AdvanceClock,
  type BidInbox,
  BookReader,
  ChangeCapacity,
  ChangeMarket,
  CheckBid,
  CreateKey,
  CreateMarket,
  CreateOrganisation,
  Deposit,
  EnsureAdminKey,
  FairQueue,
  FindKey,
  GetMarket,
  KeyUse,
  LimitRate,
  ListAccounts,
  ListEntries,
  ListKeys,
  ListMarkets,
  ListOrganisations,
  ListSites,
  QuoteBid,
  ReadBids,
  ReadEvents,
  ReadPrices,
  RevokeKey,
  Ringer,
} from '#market';
import { createOracle } from '#mechanism';
import {
  createAccountsReader,
  createAccountsWork,
  createBidContextReader,
  createBidInbox,
  createBidReader,
  createBookSource,
  createCatalogueReader,
  createCatalogueWork,
  createClockStore,
  createEventReader,
  createKeyUseStore,
  createTenancyReader,
  createTenancyWork,
  createTokenBuckets,
} from '#persistence';
import type { ThinkPool } from '#thinking';
import { BidDoor } from '../bidding/bid-door.js';
import { MeasuredAccept } from '../bidding/measured-accept.js';
import { PlaceBids } from '../bidding/place-bids.js';
import { Gate } from '../http/gate.js';
import { Keyring } from '../http/keyring.js';
import { RateGate } from '../http/rate-gate.js';
import { KeyRevocation } from '../service/key-revocation.js';
import type { Metrics } from '../service/metrics.js';
import { Readiness } from '../service/readiness.js';
import { DecisionWaiter } from '../streams/decision-waiter.js';
import { EventStreams } from '../streams/event-streams.js';
import type { MarketPulse } from '../streams/market-pulse.js';
import { BidTraces } from '../tracing/bid-traces.js';
import type { Ending } from './lifecycle.js';
import type { ApiSettings } from './settings.js';
import type { Stores } from './stores.js';
import type { Surroundings } from './surroundings.js';

/** While no worker is known to be awake, it is rung at most so often, ms. */
const RING_REST_MS = 100;

/** Quotes on large markets, waiting and under way: those of an organisation, of an operator with its organisations, and of all. */
const QUOTES_MAX = { perOrganisation: 4, perTenant: 16, inAll: 256 };

/** What the services are made of. */
export interface Parts {
  readonly settings: ApiSettings;
  readonly surroundings: Surroundings;
  readonly stores: Stores;
  readonly metrics: Metrics;
  readonly pulse: MarketPulse;
  readonly ending: Ending;
  readonly thinkers: ThinkPool;
  /** Whether a worker is known to be awake. */
  readonly isAwake: () => boolean;
}

interface Accepting {
  readonly accept: AcceptBids;
  readonly measured: MeasuredAccept;
  readonly ringer: Ringer;
}

/** What the server is made of: every service that a controller asks for, and the door for bids. */
interface Composed {
  readonly services: object[];
  readonly door: BidDoor;
  readonly accept: AcceptBids;
}

export function compose(parts: Parts): Composed {
  const { accept, measured, ringer } = accepting(parts);
  const { keyring, services: tenants } = tenancy(parts);
  const gate = new Gate(keyring, rateGate(parts));
  const { placeBids, services: bids } = bidding(parts, measured);
  return {
    services: [...tenants, gate, ...catalogue(parts, ringer), ...bids, ...accounts(parts), readiness(parts)],
    door: new BidDoor(gate, placeBids),
    accept,
  };
}

/** The way in: statements, bells, and what is measured of them. */
function accepting({ stores, metrics, settings, surroundings: { clock, logger }, isAwake }: Parts): Accepting {
  const traces = new BidTraces();
  const onUnrung = (marketId: bigint, err: unknown): void => {
    metrics.trouble('bell');
    logger.warn({ err, marketId: marketId.toString() }, 'bell not rung; the sweep makes up for it');
  };
  const ringer = new Ringer(traces.bell(stores.bell), onUnrung, { restMs: RING_REST_MS, isAwake });
  const inbox = traces.inbox(createBidInbox(stores.pool));
  const counted: BidInbox = {
    insert: (bids) => {
      metrics.stored(bids.length);
      return inbox.insert(bids);
    },
  };
  const accept = new AcceptBids(counted, ringer, settings.accept, clock);
  metrics.gauge('eris_bids_waiting', 'Bids that wait for their statement.', () => accept.waiting);
  return { accept, measured: new MeasuredAccept(accept, traces, metrics, clock), ringer };
}

function tenancy({ stores, surroundings: { clock, randomBytes, logger }, metrics }: Parts): { keyring: Keyring; services: object[] } {
  const work = createTenancyWork(stores.base);
  const reader = createTenancyReader(stores.pool);
  const findKey = new FindKey(reader);
  const use = new KeyUse(createKeyUseStore(stores.pool), clock, (err) => {
    metrics.trouble('key_use');
    logger.warn({ err }, 'not noted when keys were last used');
  });
  const keyring = new Keyring(async (hash) => {
    const key = await findKey.run(hash);
    if (!key || key.revokedAt !== null) return undefined;
    use.note(key.keyId);
    return key;
  }, clock);
  const services = [
    new EnsureAdminKey(work, randomBytes),
    new CreateOrganisation(work),
    new ListOrganisations(reader),
    new CreateKey(work, randomBytes),
    new ListKeys(reader),
    new KeyRevocation(new RevokeKey(work), keyring),
  ];
  return { keyring, services };
}

function rateGate({ stores, metrics, surroundings: { clock }, settings: { rateLimit } }: Parts): RateGate {
  const limitRate = rateLimit && new LimitRate(createTokenBuckets(stores.pool), rateLimit, clock);
  return new RateGate(limitRate, () => metrics.rateLimited());
}

function catalogue({ stores, surroundings: { clock }, metrics, pulse, ending }: Parts, ringer: Ringer): object[] {
  const work = createCatalogueWork(stores.base);
  const reader = createCatalogueReader(stores.pool);
  const readEvents = new ReadEvents(createEventReader(stores.pool));
  const streams = new EventStreams({ readEvents, pulse, clock }, ending.stopping.signal);
  metrics.gauge('eris_event_streams', 'Event streams that are open.', () => streams.openCount);
  return [
    new CreateMarket(work),
    new ListMarkets(reader),
    new GetMarket(reader),
    new ChangeMarket(work),
    new AddSite(work),
    new ListSites(reader),
    new ChangeCapacity(work),
    new AdvanceClock(createClockStore(stores.pool), clock, (marketId) => ringer.ring(marketId)),
    streams,
  ];
}

function bidding(parts: Parts, accept: MeasuredAccept): { placeBids: PlaceBids; services: object[] } {
  const { stores, surroundings, metrics, pulse, ending } = parts;
  const { logger } = surroundings;
  const reader = createBidReader(stores.pool);
  const readBids = new ReadBids(reader);
  const waiter = new DecisionWaiter(reader, pulse, ending.stopping.signal, (err) => {
    metrics.trouble('wait');
    logger.warn({ err }, 'could not look for decisions; those who wait get 202');
  });
  const check = new CheckBid(createBidContextReader(stores.pool));
  return {
    placeBids: new PlaceBids(check, accept, readBids, waiter),
    services: [readBids, ...pricing(parts)],
  };
}

/** Prices, and quotes: those on large markets are thought about on threads, by turns. */
function pricing({ stores, metrics, thinkers, settings: { thinkThreads, bookCellsMax } }: Parts): object[] {
  const source = createBookSource(stores.pool);
  const books = new BookReader(source, thinkers, bookCellsMax);
  const queue = new FairQueue({ ...QUOTES_MAX, atOnce: thinkThreads });
  metrics.gauge('eris_quotes_waiting', 'Quotes on large markets that wait for their turn.', () => queue.waitingCount);
  metrics.gauge('eris_think_waiting', 'Tasks that wait for a thread.', () => thinkers.waiting);
  metrics.gauge('eris_think_threads', 'Threads that there are.', () => thinkers.threads);
  return [
    new QuoteBid(books, { oracle: createOracle('default'), thinker: thinkers, queue }),
    new ReadPrices(source, { slots: LIMITS.priceSlots, cells: LIMITS.priceCells }),
  ];
}

function accounts({ stores }: Parts): object[] {
  const reader = createAccountsReader(stores.pool);
  return [new ListAccounts(reader), new ListEntries(reader), new Deposit(createAccountsWork(stores.base))];
}

const readiness = ({ stores, ending }: Parts): Readiness =>
  new Readiness(async () => void (await stores.pool.query('SELECT 1')), ending.draining.signal);
