import { type Account, ACCOUNT_KINDS } from '#ledger';
import { newestTerms } from '#market';
import { paperRule } from '#mechanism';
import { micros } from '#units';
import { accountOf } from '../simulation/accounts.js';
import { catalogueOf } from '../simulation/catalogue.js';
import { Database, newMarket } from '../simulation/database.js';
import { clockStoreOf } from '../simulation/clock.js';
import { append, decidingStoreOf, inboxOf } from '../simulation/ports.js';
import { deposit, OPERATOR, siteId } from '../simulation/scene.js';
import { newProcess, type Random, Scheduler } from '../simulation/scheduler.js';
import type { SeededMarket } from '../support/market.js';
import { type Backend, BIDDER_COUNT, FUNDS_MICROS, HORIZON_SLOTS, type MarketOptions, type OpenBackend, SITE_COUNT } from './backend.js';

const BIDDERS = Array.from({ length: BIDDER_COUNT }, (_, index) => 2n + BigInt(index));
/** Nothing happens by chance: whoever came first goes on first, and time stands still. */
const ORDERLY = { below: () => 0, between: (least: number) => least, pick: <T>(from: readonly T[]) => from[0] } as Random;

/** The ports over the model that the simulation runs on, whose steps are taken as they come. */
export const openModel: OpenBackend = (options = {}): Promise<Backend> => {
  const scheduler = new Scheduler(ORDERLY);
  const owners = [OPERATOR, ...BIDDERS];
  const accounts = owners.flatMap((ownerId) => ACCOUNT_KINDS.map((kind): Account => ({ id: accountOf(ownerId, kind), ownerId, kind })));
  const database = new Database(scheduler, accounts);
  for (const bidderId of BIDDERS) deposit(database, bidderId, options.fundsMicros ?? FUNDS_MICROS);
  const markets = [openMarket(database, 1n, options), openMarket(database, 2n, options)] as const;
  const process = newProcess('client');
  const ends = keepGoing(scheduler);
  return Promise.resolve({
    inbox: inboxOf(database, process),
    deciding: decidingStoreOf(database, process),
    clock: clockStoreOf(database, process),
    catalogue: catalogueOf(database, process),
    markets,
    balanceOf: (organisationId, kind) => Promise.resolve(database.ledger.accounts.get(accountOf(organisationId, kind))?.balance ?? 0n),
    logOf: (marketId) => Promise.resolve(database.market(marketId).events.map(({ sequence, event }) => ({ sequence, kind: event.kind }))),
    decidedIn: (marketId) =>
      Promise.resolve(database.decisions.filter((decision) => decision.marketId === marketId).map(({ bidId }) => bidId)),
    pass: (ms) => Promise.resolve(void (scheduler.nowMs += ms)),
    close: () => Promise.resolve(ends()),
  });
};

/** Takes a step whenever one can be taken. @returns how to end that. */
function keepGoing(scheduler: Scheduler): () => void {
  let isOpen = true;
  const go = (): void => {
    if (isOpen) void scheduler.step().then(() => setImmediate(go));
  };
  go();
  return () => (isOpen = false);
}

/** The market that seedMarket puts into Postgres. */
function openMarket(database: Database, marketId: bigint, { clock = 'manual', reserveMicros = 0n }: MarketOptions): SeededMarket {
  const siteIds = Array.from({ length: SITE_COUNT }, (_, ordinal) => siteId(marketId, ordinal));
  const resources = ['gpu', 'cpu', 'memoryGB'];
  const terms = newestTerms(paperRule(resources, 1_000, { unit: micros(1_000_000n), reserve: micros(reserveMicros) }));
  const market = newMarket({
    marketId,
    operatorId: OPERATOR,
    clock,
    terms: {
      horizonSlots: HORIZON_SLOTS,
      chunkKb: 2_000n,
      bandwidthKb: 20_480_000n,
      resources,
      terms,
    },
    sites: siteIds.map((id, ordinal) => ({ id, ordinal, capacityMilli: [1_000, 12_000, 16_000] })),
  });
  append(market, { kind: 'market_opened', payload: { name: 'testbed', clock, terms } });
  database.markets.set(marketId, market);
  return { marketId, operatorId: OPERATOR, siteIds, bidderIds: BIDDERS };
}
