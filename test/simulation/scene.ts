import { createHash } from 'node:crypto';
import { type Account, ACCOUNT_KINDS } from '#ledger';
import { type NewBid, newestTerms } from '#market';
import { paperRule, type PriceRule } from '#mechanism';
import { micros, supplyMilli } from '#units';
import { Database, newMarket, type Sabotage, type StoredMarket } from './database.js';
import { accountOf } from './accounts.js';
import { append } from './ports.js';
import type { Random, Scheduler } from './scheduler.js';

export const OPERATOR = 1n;
const BIDDERS = [2n, 3n, 4n];
const SITES = 2;

/** What an operator does to a market, one after the other. */
export type Act =
  | { readonly kind: 'clock'; readonly by: number }
  | { readonly kind: 'status'; readonly status: 'open' | 'paused' | 'closed' }
  | { readonly kind: 'capacity'; readonly site: number; readonly cpu: number }
  | { readonly kind: 'deposit'; readonly bidderId: bigint; readonly amount: bigint }
  | WindowAct
  | { readonly kind: 'close' };

/** A window, from so many slots after the current one on; cpu: units that are withdrawn, null: everything. */
export interface WindowAct {
  readonly kind: 'window';
  readonly scope: 'site' | 'bandwidth';
  readonly site: number;
  readonly cpu: number | null;
  readonly after: number;
  readonly length: number | null;
  /** Whether it is to do what a preview says, or not to be opened. */
  readonly isPreviewed: boolean;
}

/** An agent of a site: how long it is silent before each of its heartbeats, ms. */
export interface Agent {
  readonly siteId: bigint;
  readonly silencesMs: readonly number[];
}

/** Everything that a seed decides before anything runs. */
export interface Scene {
  readonly database: Database;
  readonly bids: readonly NewBid[];
  readonly acts: ReadonlyMap<bigint, readonly Act[]>;
  readonly workers: number;
  readonly apis: number;
  /** Allocations that their bidders want to give back, one after the other. */
  readonly cancels: number;
  readonly agents: readonly Agent[];
  /** Faults in a thousand turns. */
  readonly faultsPerMille: number;
}

/** Draws one or two small markets that share their bidders, bids, and what the operator does meanwhile. */
export function drawScene(scheduler: Scheduler, sabotage: Sabotage): Scene {
  const { random } = scheduler;
  const owners = [OPERATOR, ...BIDDERS];
  const accounts = owners.flatMap((ownerId) => ACCOUNT_KINDS.map((kind): Account => ({ id: accountOf(ownerId, kind), ownerId, kind })));
  const database = new Database(scheduler, accounts, sabotage);
  for (let id = 1n; id <= BigInt(random.between(1, 2)); id++) database.markets.set(id, openMarket(id, random));
  for (const bidderId of BIDDERS) deposit(database, bidderId, BigInt(random.between(0, 12)) * 1_000_000n);
  const marketIds = [...database.markets.keys()];
  return {
    database,
    bids: Array.from({ length: random.between(3, 14) }, (_, index) => drawBid(random, random.pick(marketIds), index)),
    acts: new Map(marketIds.map((id) => [id, drawActs(random)])),
    workers: random.between(1, 3),
    apis: random.between(1, 2),
    cancels: random.below(4),
    agents: random.below(6) === 0 ? [drawAgent(random, random.pick(marketIds))] : [],
    faultsPerMille: random.pick([0, 10, 30, 60]),
  };
}

function openMarket(marketId: bigint, random: Random): StoredMarket {
  const clock = random.pick(['manual', 'realtime'] as const);
  const market = newMarket({
    marketId,
    operatorId: OPERATOR,
    clock,
    terms: {
      horizonSlots: random.between(3, 5),
      chunkKb: 1_000n,
      bandwidthKb: BigInt(random.between(0, 8)) * 1_000n,
      resources: ['cpu'],
      terms: {
        ...newestTerms(drawRule(random)),
        ...(random.below(2) === 0 && { heartbeats: { everySeconds: 30, missedMax: random.between(1, 4) } }),
      },
    },
  });
  append(market, { kind: 'market_opened', payload: { name: `market-${marketId}`, clock, terms: market.terms.terms } });
  for (let ordinal = 0; ordinal < SITES; ordinal++) addSite(market, ordinal, random.between(2, 4));
  return market;
}

/** The paper's prices, or flat ones. */
const drawRule = (random: Random): PriceRule =>
  random.below(3) > 0
    ? paperRule(['cpu'], 10, { unit: micros(1_000_000n), reserve: micros(100_000n) })
    : { kind: 'flat', level: micros(BigInt(random.between(1, 8)) * 1_000_000n), levels: {} };

function addSite(market: StoredMarket, ordinal: number, cpu: number): void {
  const id = siteId(market.marketId, ordinal);
  market.sites = [...market.sites, { id, ordinal, capacityMilli: [cpu * 1_000] }];
  append(market, { kind: 'site_added', payload: { siteId: BigInt(id), name: `site-${id}`, capacityMilli: { cpu: supplyMilli(cpu) } } });
}

export const siteId = (marketId: bigint, ordinal: number): string => `${marketId * 100n + BigInt(ordinal)}`;

/** Puts money into a bidder's wallet before anything runs. */
export function deposit(database: Database, bidderId: bigint, amount: bigint): void {
  const session = database.open(database.server);
  if (amount > 0n) database.stageTransfers(session, [depositOf(bidderId, amount)]);
  database.commit(session);
}

export const depositOf = (bidderId: bigint, amount: bigint) =>
  ({ kind: 'deposit', debitId: accountOf(OPERATOR, 'funding'), creditId: accountOf(bidderId, 'wallet'), amount: micros(amount) }) as const;

/** A bid of any bidder; keys are told apart by the index. */
export function drawBid(random: Random, marketId: bigint, index: number): NewBid {
  const body = JSON.stringify({
    valuation: { kind: 'deadline', value: random.between(1, 12), deadline: random.between(0, 4) },
    chunks: { [siteId(marketId, random.below(SITES))]: random.between(0, 4) },
    epochs: 1,
    throughput: random.between(1, 3),
    parameterMB: random.below(2),
    worker: { cpu: 1 },
    ps: { cpu: random.below(2) },
  });
  const requestHash = createHash('sha256').update(body).digest();
  // some keys are used by two bidders' programs, or twice by one with another body
  return {
    marketId,
    organisationId: random.pick(BIDDERS),
    idempotencyKey: `key-${random.below(4 + 3 * index)}`,
    requestHash,
    label: null,
    body,
  };
}

/** It flaps: now and then it is silent for long enough to be taken off sale. */
function drawAgent(random: Random, marketId: bigint): Agent {
  const silenceMs = (): number => (random.below(5) === 0 ? random.between(100_000, 160_000) : random.between(20_000, 44_000));
  return { siteId: BigInt(siteId(marketId, random.below(SITES))), silencesMs: Array.from({ length: random.between(4, 16) }, silenceMs) };
}

const drawWindow = (random: Random): WindowAct => ({
  kind: 'window',
  scope: random.below(5) === 0 ? 'bandwidth' : 'site',
  site: random.below(SITES),
  cpu: random.below(2) === 0 ? null : random.between(1, 3),
  after: random.below(3),
  length: random.below(3) === 0 ? null : random.between(1, 4),
  isPreviewed: random.below(2) === 0,
});

function drawActs(random: Random): Act[] {
  const acts = Array.from({ length: random.below(8) }, (): Act[] => {
    switch (random.below(7)) {
      case 0:
        return [
          { kind: 'status', status: 'paused' },
          { kind: 'status', status: 'open' },
        ];
      case 1:
        return [{ kind: 'capacity', site: random.below(SITES), cpu: random.between(1, 5) }];
      case 2:
        return [{ kind: 'deposit', bidderId: random.pick(BIDDERS), amount: BigInt(random.between(1, 5_000_000)) }];
      case 3:
        return [drawWindow(random)];
      case 4:
        return [drawWindow(random), { kind: 'close' }];
      default:
        return [{ kind: 'clock', by: random.between(1, 3) }];
    }
  });
  const end: Act[] = random.below(4) === 0 ? [{ kind: 'status', status: 'closed' }] : [];
  return [...acts.flat(), ...end];
}
