import {
  AcceptBids,
  AddSite,
  AdvanceClock,
  type Caller,
  ChangeCapacity,
  ChangeMarket,
  CreateMarket,
  DecideMarkets,
  type NewBid,
  WakeUpNotifier,
} from '#market';
import { createPrng, type Prng } from '#lab';
import { createKinds, createVersionedOracle, type Kinds, type MakeOracle, ORACLE_VERSIONS, trainingKind } from '#kinds';
import { paperRule, type PriceRule } from '#mechanism';
import { type Base, createBase, createBidInbox, createCatalogueWork, createClockStore, createDecidingStore } from '#persistence';
import { micros } from '#units';
import { newBid, seedMarket, type SeededMarket } from './market.js';
import type { TestDatabase } from './postgres.js';

const clock = { nowMs: () => performance.now() };
const silent = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);
const CAPACITY = { gpu: 1, cpu: 12, memoryGB: 16 };

type Versions = Readonly<Record<string, MakeOracle>>;

export interface AuditedOptions {
  readonly name?: string;
  /** Of each bidder. */
  readonly fundsMicros?: bigint;
  readonly prices?: PriceRule;
  readonly clock?: 'manual' | 'realtime';
  readonly horizonSlots?: number;
  /** Of the oracle, that there are. */
  readonly versions?: Versions;
}

const PAPER = paperRule(['gpu', 'cpu', 'memoryGB'], 1000, { unit: micros(1_000_000n), reserve: micros(100_000n) });

/** A market all of whose history is in its log, made by the use cases. */
export class AuditedMarket {
  private readonly kinds: Kinds;

  private constructor(
    private readonly database: TestDatabase,
    private readonly base: Base,
    private readonly caller: Caller,
    readonly seeded: SeededMarket,
    private readonly versions: Versions,
  ) {
    this.kinds = createKinds([trainingKind(createVersionedOracle(versions))]);
  }

  static async open(database: TestDatabase, options: AuditedOptions = {}): Promise<AuditedMarket> {
    const { fundsMicros = 200_000_000n, prices = PAPER, versions = ORACLE_VERSIONS, name = 'audited' } = options;
    const { clock: clockKind = 'manual', horizonSlots = 20 } = options;
    const others = await seedMarket(database.pool, { operator: `operator of ${name}`, siteCount: 0, bidderCount: 3, fundsMicros });
    const base = createBase(database.url);
    const caller: Caller = { organisationId: others.operatorId, role: 'operator' };
    const work = createCatalogueWork(base);
    const made = await new CreateMarket(work).run({
      caller,
      name,
      clock: clockKind,
      slotMinutes: 20,
      horizonSlots,
      chunkMB: 2,
      bandwidthMB: 20_480,
      resources: ['gpu', 'cpu', 'memoryGB'],
      prices,
    });
    if (made.kind !== 'created') throw new Error(made.kind);
    const { marketId } = made.market;
    const siteIds: string[] = [];
    for (const name of ['north', 'south', 'east']) {
      const added = await new AddSite(work).run({ caller, marketId, name, capacity: CAPACITY });
      if (added.kind !== 'added') throw new Error(added.kind);
      siteIds.push(added.site.siteId.toString());
    }
    return new AuditedMarket(database, base, caller, { ...others, marketId, siteIds }, versions);
  }

  get marketId(): bigint {
    return this.seeded.marketId;
  }

  /** A history with much in it that a log can hold: batches, clock moves, a site more, other capacity, a pause, the end. */
  async live(firstBid = 0): Promise<void> {
    const bids = this.bids(firstBid + 45).slice(firstBid);
    await this.decide(bids.slice(0, 20));
    await this.moveTo(2);
    await this.addSite();
    await this.decide(bids.slice(20, 35));
    await this.status('paused');
    await this.status('open');
    await this.raiseCapacity();
    await this.moveTo(5);
    await this.decide(bids.slice(35, 42));
    await this.accept(bids.slice(42));
    await this.status('closed');
    await this.decide([]);
    await this.moveTo(9);
  }

  async decide(bids: readonly NewBid[]): Promise<void> {
    await this.accept(bids);
    const limits = { owner: 'one', leaseMs: 20_000, batchMax: 8, thinkMs: 10_000 };
    await new DecideMarkets(createDecidingStore(this.database.pool), this.kinds, limits, clock).run(this.marketId);
  }

  async moveTo(slot: number): Promise<void> {
    const { marketId } = this;
    const move = { marketId, slot, organisationId: this.caller.organisationId };
    expect(await new AdvanceClock(createClockStore(this.database.pool), clock, () => undefined).run(move)).toEqual({ kind: 'moved', slot });
  }

  /** Lets another version of the oracle decide. */
  async moveToOracle(oracle: string): Promise<void> {
    const { caller, marketId, versions } = this;
    const changed = await new ChangeMarket(createCatalogueWork(this.base), versions).run({ caller, marketId, oracle });
    expect(changed).toMatchObject({ kind: 'changed', market: { terms: { oracle } } });
  }

  /** Changes the rule of prices; told are the prices from here on, and those that come next. */
  async reprice(prices: (before: PriceRule) => PriceRule): Promise<{ readonly prices: PriceRule; readonly next: PriceRule | undefined }> {
    const { caller, marketId } = this;
    const changed = await new ChangeMarket(createCatalogueWork(this.base)).run({ caller, marketId, prices });
    if (changed.kind !== 'changed') throw new Error(changed.kind);
    const { terms } = changed.market;
    return { prices: terms.prices, next: terms.next };
  }

  /** Bids of the market, always the same ones. */
  bids(count: number): NewBid[] {
    return smallBids(this.seeded, count);
  }

  close(): Promise<void> {
    return this.base.close();
  }

  private async accept(bids: readonly NewBid[]): Promise<void> {
    await new AcceptBids(createBidInbox(this.database.pool), silent, { waitMs: 0, queueMax: 1_000 }).acceptMany(bids);
  }

  async addSite(): Promise<void> {
    const { caller, marketId } = this;
    const added = await new AddSite(createCatalogueWork(this.base)).run({ caller, marketId, name: 'west', capacity: CAPACITY });
    expect(added.kind).toBe('added');
  }

  private async raiseCapacity(): Promise<void> {
    const { caller, marketId } = this;
    const siteId = BigInt(this.seeded.siteIds[1]);
    const changed = await new ChangeCapacity(createCatalogueWork(this.base)).run({ caller, marketId, siteId, capacity: { cpu: 12.5 } });
    expect(changed.kind).toBe('changed');
  }

  private async status(status: 'open' | 'paused' | 'closed'): Promise<void> {
    const { caller, marketId } = this;
    expect((await new ChangeMarket(createCatalogueWork(this.base)).run({ caller, marketId, status })).kind).toBe('changed');
  }
}

/** Jobs of a few chunks, always the same: some too dear, some for which there is no room. */
function smallBids(market: SeededMarket, count: number): NewBid[] {
  const random = createPrng(11);
  return Array.from({ length: count }, (_, index) =>
    newBid(market, market.bidderIds[index % market.bidderIds.length], `bid-${index}`, smallJob(market, random, 120)),
  );
}

/** A job of a few chunks, worth so many credits at most. */
export const smallJob = (market: SeededMarket, random: Prng, worthMax: number): Record<string, unknown> => ({
  valuation: { kind: 'sigmoid', scale: random.between(1, worthMax), tau: 1 + random.below(1_000) / 1_000, width: 5 },
  chunks: { [random.pick(market.siteIds)]: random.between(1, 8), [random.pick(market.siteIds)]: random.between(1, 8) },
  epochs: random.between(5, 20),
  throughput: 24,
  parameterMB: random.between(26, 238),
  worker: { gpu: random.between(0, 1), cpu: random.between(1, 3), memoryGB: random.between(2, 6) },
  ps: { cpu: random.between(1, 3), memoryGB: random.between(2, 6) },
});
