import {
  AcceptBids,
  type AcceptOutcome,
  AppendReceipts,
  Beat,
  CloseWindow,
  DecideMarkets,
  type NewBid,
  OpenWindow,
  RepairMarkets,
  TickRealtime,
  WakeUpNotifier,
  WatchSites,
} from '#market';
import type { Kinds } from '#kinds';
import { actOf, type OpenedWindow } from './acts.js';
import { isExpected, receiptStoreOf } from './audit.js';
import { clockStoreOf } from './clock.js';
import type { Database } from './database.js';
import { beatStoreOf, repairStoreOf, windowsWorkOf } from './lifecycle.js';
import { decidingStoreOf, inboxOf } from './ports.js';
import type { Act, Agent, Scene } from './scene.js';
import { newProcess, type Process, type Scheduler } from './scheduler.js';
import { type CancelAck, secondThoughts } from './second-thoughts.js';

const LEASE_MS = 3_000;
const THINK_MS = 300;
/** A look at the clock takes so long at most, ms: deciders run out of time now and then. */
const LOOK_MS_MAX = 60;
const WATCH_MS = 10_000;
const DEAD = { kind: 'dead' } as const;

interface Api {
  readonly process: Process;
  readonly bids: AcceptBids;
  readonly death: Promise<typeof DEAD>;
}
interface Worker {
  readonly process: Process;
  readonly decider: DecideMarkets;
  readonly ticker: TickRealtime;
  readonly repairer: RepairMarkets;
  readonly sealer: AppendReceipts;
}
/** What a client was told for good. */
export interface Ack {
  readonly bid: NewBid;
  readonly outcome: AcceptOutcome;
}

/** The processes of one run, with all that can befall them. */
export class World {
  readonly acks: Ack[] = [];
  readonly cancelled: CancelAck[] = [];
  /** Windows that were opened on the condition that they do what was said before. */
  readonly previewed: OpenedWindow[] = [];
  readonly problems: string[] = [];
  /** Clients and operators that are not done yet. */
  busy = 0;
  faults = 0;
  readonly database: Database;
  private readonly apis: Api[] = [];
  private readonly workers: Worker[] = [];
  private readonly operators: Process[] = [];
  private readonly bells: bigint[] = [];
  private readonly outside = newProcess('clients');
  private births = 0;
  private isWatched = false;

  constructor(
    private readonly scheduler: Scheduler,
    scene: Scene,
    private readonly kinds: Kinds,
  ) {
    this.database = scene.database;
    for (let index = 0; index < scene.apis; index++) this.apis.push(this.newApi());
    for (let index = 0; index < scene.workers; index++) this.workers.push(this.newWorker());
    for (const bid of scene.bids) this.start(() => this.client(bid));
    for (let left = scene.cancels; left > 0; left--) this.start(() => this.thinkTwice());
    for (const agent of scene.agents) this.start(() => this.speak(agent));
    this.isWatched = scene.agents.length > 0;
    for (const [marketId, acts] of scene.acts) this.operate(marketId, [...acts]);
  }

  /** One thing goes wrong. */
  fault(): void {
    this.faults++;
    const { random } = this.scheduler;
    switch (random.below(6)) {
      case 0:
        return this.replace(this.workers, () => this.newWorker());
      case 1:
        return this.replace(this.apis, () => this.newApi());
      case 2:
        return void (this.operators.length > 0 && this.scheduler.kill(random.pick(this.operators)));
      case 3:
        return void (random.pick(this.everyone()).pausedUntilMs = this.scheduler.nowMs + random.between(1, 3 * LEASE_MS));
      case 4:
        return this.database.cut();
      default:
        return void (this.scheduler.nowMs += random.between(1, 90_000));
    }
  }

  /** Wake-ups come late, in any order, twice or never. */
  ring(): void {
    const { random } = this.scheduler;
    if (this.bells.length === 0) return;
    const at = random.below(this.bells.length);
    if (random.below(7) !== 0) this.wake(this.bells[at]);
    if (random.below(7) !== 0) this.bells.splice(at, 1);
  }

  /** A worker looks after everything by itself: backlog, clocks, those whom windows have hit, receipts. */
  sweep(): void {
    const worker = this.scheduler.random.pick(this.workers);
    const waiting = [...this.database.markets.values()].filter(({ undecided }) => undecided.size > 0).map(({ marketId }) => marketId);
    if (waiting.length > 0) this.turn(waiting, worker);
    this.start(() => this.within(worker.process, () => worker.ticker.run()), false);
    this.start(() => this.within(worker.process, () => worker.repairer.run()), false);
    if (this.scheduler.random.below(3) === 0) this.start(() => this.within(worker.process, () => worker.sealer.run(10_000)), false);
  }

  private wake(marketId: bigint, worker = this.scheduler.random.pick(this.workers)): void {
    this.start(() => this.within(worker.process, () => worker.decider.run(marketId)), false);
  }

  /** Several markets in one turn: what goes wrong in it is told market by market. */
  private turn(marketIds: readonly bigint[], worker: Worker): void {
    const turn = async (): Promise<void> => {
      for (const one of await worker.decider.turn(marketIds)) if ('cause' in one) throw one.cause;
    };
    this.start(() => this.within(worker.process, turn), false);
  }

  private newApi(): Api {
    const process = newProcess(`api-${++this.births}`);
    const notify = async (marketId: bigint): Promise<void> => {
      await this.scheduler.turn(process);
      if (this.scheduler.random.below(5) === 0) throw new Error('the queue is away');
      this.bells.push(marketId);
    };
    const ringer = new WakeUpNotifier({ notify }, () => undefined);
    const bids = new AcceptBids(inboxOf(this.database, process), ringer, { waitMs: 2, queueMax: 4 });
    return { process, bids, death: new Promise((resolve) => process.onDeath.push(() => resolve(DEAD))) };
  }

  private newWorker(): Worker {
    const { scheduler, database } = this;
    const process = newProcess(`worker-${++this.births}`);
    const skewMs = scheduler.random.between(-30_000, 30_000);
    const clock = { nowMs: () => (scheduler.nowMs += scheduler.random.below(LOOK_MS_MAX)) + skewMs };
    this.start(() => this.watch(process, clock), false);
    const limits = { owner: process.name, leaseMs: LEASE_MS, batchMax: scheduler.random.between(1, 5), thinkMs: THINK_MS };
    return {
      process,
      decider: new DecideMarkets(decidingStoreOf(database, process), this.kinds, limits, clock),
      ticker: new TickRealtime(clockStoreOf(database, process), clock),
      repairer: new RepairMarkets(repairStoreOf(database, process), this.kinds, clock, (id) => void this.bells.push(id)),
      sealer: new AppendReceipts(receiptStoreOf(database, process), clock),
    };
  }

  private everyone(): Process[] {
    return [...this.workers, ...this.apis].map(({ process }) => process).concat(this.operators.filter(({ isAlive }) => isAlive));
  }

  private replace<T extends { readonly process: Process }>(all: T[], born: () => T): void {
    const at = this.scheduler.random.below(all.length);
    this.scheduler.kill(all[at].process);
    all[at] = born();
  }

  /** Begins something; what it throws is a problem of the run. */
  private start(work: () => Promise<unknown>, counts = true): void {
    if (counts) this.busy++;
    work()
      .catch((cause: unknown) => this.problems.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)))
      .finally(() => (this.busy -= counts ? 1 : 0));
  }

  /** Runs in a process; connections may be lost there. */
  private async within<T>(process: Process, work: () => Promise<T>): Promise<T | undefined> {
    await this.scheduler.turn(process);
    try {
      return await work();
    } catch (cause) {
      if (!isExpected(cause)) throw cause;
      return undefined;
    }
  }

  /** Sends a bid with its key until it has an answer for good; now and then once more afterwards. */
  private async client(bid: NewBid): Promise<void> {
    const { random } = this.scheduler;
    await this.scheduler.sleep(this.outside, random.below(8_000));
    for (let left = random.below(4) === 0 ? 2 : 1; left > 0;) {
      const api = random.pick(this.apis);
      const outcome = await Promise.race([this.within(api.process, () => api.bids.accept(bid)), api.death]);
      await this.scheduler.sleep(this.outside, random.below(2_000));
      if (!outcome || outcome.kind === 'dead' || outcome.kind === 'overloaded' || outcome.kind === 'market_paused') continue;
      this.acks.push({ bid, outcome });
      left--;
    }
  }

  /** Does what is left of the operator's acts; when it dies, another one goes on with the rest. */
  private operate(marketId: bigint, acts: Act[]): void {
    const process = newProcess(`operator-${++this.births}`);
    this.operators.push(process);
    const died = new Promise<boolean>((resolve) => process.onDeath.push(() => resolve(true)));
    const done = async (): Promise<boolean> => {
      while (acts.length > 0) {
        await this.scheduler.sleep(process, this.scheduler.random.below(4_000));
        if (await this.within(process, () => this.act(process, marketId, acts[0]))) acts.shift();
      }
      return false;
    };
    this.start(async () => {
      const isDead = await Promise.race([done(), died]);
      this.operators.splice(this.operators.indexOf(process), 1);
      if (isDead) this.operate(marketId, acts);
    });
  }

  private act(process: Process, marketId: bigint, act: Act): Promise<boolean> {
    const { database, scheduler, kinds, previewed } = this;
    const ring = (id: bigint): void => void this.bells.push(id);
    return actOf({ database, scheduler, kinds, process, ring, onOpened: (opened) => void previewed.push(opened) }, marketId, act);
  }

  /** Looks for sites that are silent, as long as anything happens. */
  private async watch(process: Process, clock: { nowMs(): number }): Promise<void> {
    const { database, scheduler, kinds } = this;
    const work = windowsWorkOf(database, process);
    const impact = { store: repairStoreOf(database, process), kinds, pause: () => scheduler.turn(process) };
    const watch = new WatchSites(beatStoreOf(database, process), new OpenWindow(work, impact), new CloseWindow(work), clock);
    await scheduler.turn(process);
    while (this.isWatched && this.busy > 0) {
      await this.within(process, () => watch.run());
      await scheduler.sleep(process, WATCH_MS);
    }
  }

  /** An allocation is given back, or changed for another one: its bid is sent as all bids are. */
  private async thinkTwice(): Promise<void> {
    const { scheduler, database, kinds, outside } = this;
    await scheduler.sleep(outside, scheduler.random.between(1_000, 60_000));
    const { process, death } = scheduler.random.pick(this.apis);
    const think = () => this.within(process, () => secondThoughts({ scheduler, database, kinds, process }));
    const thought = await Promise.race([think(), death]);
    if (thought?.kind === 'cancelled') this.cancelled.push(thought);
    if (thought?.kind === 'bid') await this.client(thought.bid);
  }

  /** An agent that says now and then that its site is there. */
  private async speak({ siteId, silencesMs }: Agent): Promise<void> {
    const { scheduler, database } = this;
    const caller = { organisationId: 0n, role: 'agent' as const, siteId };
    for (const silenceMs of silencesMs) {
      await scheduler.sleep(this.outside, silenceMs);
      const { process, death } = scheduler.random.pick(this.apis);
      const beat = new Beat(beatStoreOf(database, process), { nowMs: () => scheduler.nowMs });
      await Promise.race([this.within(process, () => beat.run({ caller, siteId, atMs: scheduler.nowMs })), death]);
    }
  }
}
