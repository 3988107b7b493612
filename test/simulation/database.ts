import { type Account, applyTransfers, type Ledger, openLedger, type Transfer } from '#ledger';
import type { BatchRecord, DecidedBid, HitRecord, MarketState, MarketStatus, NewBid, NewWindow, Receipt } from '#market';
import type { LogEvent } from '#log';
import { invariant } from '#units';
import { FairTurns, type Queued } from '../support/fair-turns.js';
import { newProcess, type Process, type Scheduler } from './scheduler.js';

/** The server ended the session, or the line was cut: whether a commit on its way has happened is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export interface StoredBid extends NewBid {
  readonly bidId: bigint;
}
export interface StoredDecision extends DecidedBid {
  readonly epoch: bigint;
  readonly marketId: bigint;
}
export interface StoredEvent {
  readonly sequence: bigint;
  readonly organisationId: bigint | null;
  readonly event: LogEvent;
}
export interface StoredTransfer {
  readonly id: bigint;
  readonly transfer: Transfer;
  /** The entry that moved it, where one did. */
  readonly sequence: bigint | undefined;
}
export interface StoredWindow extends NewWindow {
  readonly windowId: bigint;
}
export interface StoredMarket {
  readonly marketId: bigint;
  readonly operatorId: bigint;
  terms: Omit<MarketState, 'head' | 'operatorId' | 'priceVersion' | 'sites' | 'usage'>;
  readonly clock: 'manual' | 'realtime';
  status: MarketStatus;
  slot: number;
  sequence: bigint;
  lease: { readonly epoch: bigint; readonly owner: string; readonly untilMs: number } | undefined;
  sites: MarketState['sites'];
  /** Names of sites that were added under one of their own. */
  readonly siteNames: Map<string, string>;
  usage: Map<number, { readonly usedMilli: readonly number[]; readonly capacityMilli: readonly number[] }>;
  events: StoredEvent[];
  /** Windows as they were opened; the log says what became of them. */
  readonly windows: StoredWindow[];
  /** What became of those whom windows hit, and what bidders gave back. */
  readonly hits: HitRecord[];
  /** When sites were heard, and how often in time; ms. */
  readonly beats: Map<string, { readonly atMs: number; readonly streak: number }>;
  undecided: Set<bigint>;
  receipts: Receipt[];
  /** What each worker saw of the backlog when it read it last. */
  readonly seen: Map<string, readonly Queued[]>;
  readonly turns: FairTurns;
  readonly turnProblems: string[];
}

/** A market that was just opened: nothing has happened in it. */
export const newMarket = (
  given: Pick<StoredMarket, 'marketId' | 'operatorId' | 'terms' | 'clock'> & Partial<Pick<StoredMarket, 'sites'>>,
): StoredMarket => ({
  status: 'open',
  slot: 0,
  sequence: 0n,
  lease: undefined,
  sites: [],
  siteNames: new Map(),
  usage: new Map(),
  events: [],
  windows: [],
  hits: [],
  beats: new Map(),
  undecided: new Set(),
  receipts: [],
  seen: new Map(),
  turns: new FairTurns(),
  turnProblems: [],
  ...given,
});

/** What a session may do wrong on purpose, to see that the laws notice. */
export type Sabotage =
  | 'none'
  | 'no gate'
  | 'commits half'
  | 'loses the backlog'
  | 'holds nothing'
  | 'forgets whose turn it was'
  | 'repairs without a fence'
  | 'forgets windows';

/** One connection with, at most, one transaction. */
export interface Session {
  readonly process: Process;
  readonly idleMs: number;
  lastActiveMs: number;
  isBroken: boolean;
  /** Its client is dead: what is on its way is still done, and then it is rolled back. */
  isOrphan: boolean;
  isBusy: boolean;
  readonly locks: Set<string>;
  readonly staged: (() => void)[];
  readonly transfers: Omit<StoredTransfer, 'id'>[];
}

/**
 * What Postgres does for the use cases, in memory: statements that take effect at one moment, row locks, transactions that commit whole or
 * not at all, sessions that end when their client stays silent. Sessions are told apart from processes: a client may stop or die while the
 * server goes on.
 */
export class Database {
  readonly server = newProcess('server');
  readonly markets = new Map<bigint, StoredMarket>();
  readonly bids = new Map<bigint, StoredBid>();
  readonly bidByKey = new Map<string, StoredBid>();
  readonly decisions: StoredDecision[] = [];
  readonly transfers: StoredTransfer[] = [];
  ledger: Ledger;
  nextBidId = 1n;
  nextWindowId = 1n;
  /** Asked after every statement: true cuts the line before its answer, of a commit too. */
  losesAnswer: () => boolean = () => false;
  private readonly owners = new Map<string, Session>();
  private readonly sessions = new Set<Session>();

  constructor(
    readonly scheduler: Scheduler,
    accounts: readonly Account[],
    readonly sabotage: Sabotage = 'none',
  ) {
    this.ledger = openLedger(accounts);
  }

  open(process: Process, idleMs = Infinity): Session {
    const session: Session = {
      process,
      idleMs,
      lastActiveMs: this.scheduler.nowMs,
      isBroken: false,
      isOrphan: false,
      isBusy: false,
      locks: new Set(),
      staged: [],
      transfers: [],
    };
    this.sessions.add(session);
    process.onDeath.push(() => this.orphan(session));
    return session;
  }

  /** One statement: it is sent, waits for its locks, takes effect, and is answered. Each of these is a moment at which all may end. */
  async statement<T>(session: Session, locks: readonly string[], work: () => T): Promise<T> {
    await this.scheduler.turn(session.process);
    session.isBusy = !session.isBroken;
    await this.scheduler.turn(this.server, () => session.isBroken || this.areFree(session, locks));
    const outcome = session.isBroken ? undefined : this.execute(session, locks, work);
    session.isBusy = false;
    if (session.isOrphan || this.losesAnswer()) this.abort(session);
    await this.scheduler.turn(session.process);
    if (!outcome || session.isBroken) throw new ConnectionLost('the session has ended');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Runs work in a transaction. */
  async transaction<T>(process: Process, idleMs: number, work: (session: Session) => Promise<T>): Promise<T> {
    const session = this.open(process, idleMs);
    try {
      const result = await work(session);
      await this.statement(session, [], () => this.commit(session));
      return result;
    } catch (cause) {
      if (!session.isBroken && this.sessions.has(session)) await this.statement(session, [], () => this.abort(session)).catch(ignoreLost);
      throw cause;
    }
  }

  /** One statement that is a transaction by itself: it takes effect, whole or not at all, at one moment. */
  atOnce<T>(process: Process, locks: readonly string[], work: (session: Session) => T): Promise<T> {
    const session = this.open(process);
    return this.statement(session, locks, () => {
      try {
        const result = work(session);
        this.commit(session);
        return result;
      } catch (cause) {
        this.close(session);
        throw cause;
      }
    });
  }

  /** Checks transfers against the books as they stand, for a session that has locked their accounts; they are made at its commit. */
  stageTransfers(session: Session, transfers: readonly Transfer[], sequence?: bigint): string {
    const { kind } = applyTransfers(this.ledger, [...session.transfers.map(({ transfer }) => transfer), ...transfers]);
    if (kind === 'applied') session.transfers.push(...transfers.map((transfer) => ({ transfer, sequence })));
    return kind;
  }

  commit(session: Session): void {
    const half = this.sabotage === 'commits half' ? Math.ceil(session.staged.length / 2) : session.staged.length;
    for (const effect of session.staged.slice(0, half)) effect();
    const outcome = applyTransfers(
      this.ledger,
      session.transfers.map(({ transfer }) => transfer),
    );
    invariant(outcome.kind === 'applied', `what was checked under locks can be booked: ${outcome.kind}`);
    this.ledger = outcome.ledger;
    for (const moved of session.transfers) this.transfers.push({ id: BigInt(this.transfers.length + 1), ...moved });
    this.close(session);
  }

  /** Ends sessions whose clients have been silent for too long in the midst of a transaction. */
  expire(): void {
    for (const session of this.sessions) {
      if (!session.isBusy && this.scheduler.nowMs - session.lastActiveMs > session.idleMs) this.abort(session);
    }
  }

  /** Cuts one connection by chance. */
  cut(): void {
    const open = [...this.sessions].filter(({ process }) => process.isAlive);
    if (open.length > 0) this.abort(this.scheduler.random.pick(open));
  }

  market(marketId: bigint): StoredMarket {
    const market = this.markets.get(marketId);
    invariant(market !== undefined, 'markets are never removed');
    return market;
  }

  private execute<T>(session: Session, locks: readonly string[], work: () => T): { value: T } | { error: unknown } {
    for (const lock of locks) {
      this.owners.set(lock, session);
      session.locks.add(lock);
    }
    session.lastActiveMs = this.scheduler.nowMs;
    try {
      return { value: work() };
    } catch (error) {
      return { error };
    }
  }

  private areFree(session: Session, locks: readonly string[]): boolean {
    if (this.sabotage === 'no gate') return true;
    return locks.every((lock) => (this.owners.get(lock) ?? session) === session);
  }

  /** Its client has died: the server may have heard the last words, or not. */
  private orphan(session: Session): void {
    if (!this.sessions.has(session)) return;
    if (session.isBusy && this.scheduler.random.below(2) === 0) session.isOrphan = true;
    else this.abort(session);
  }

  private abort(session: Session): void {
    session.isBroken = true;
    this.close(session);
  }

  private close(session: Session): void {
    for (const lock of session.locks) if (this.owners.get(lock) === session) this.owners.delete(lock);
    this.sessions.delete(session);
  }
}

function ignoreLost(cause: unknown): void {
  if (!(cause instanceof ConnectionLost)) throw cause;
}

/** Writes what a batch has decided. */
export function writeBatch(database: Database, market: StoredMarket, batch: BatchRecord, events: readonly StoredEvent[]): (() => void)[] {
  const { marketId, epoch, decided, usage, capacityMilli } = batch;
  return [
    () => {
      for (const { bidId } of decided) if (database.sabotage !== 'loses the backlog') market.undecided.delete(bidId);
    },
    () => database.decisions.push(...decided.map((one) => ({ ...one, epoch, marketId }))),
    () => {
      for (const { slot, usedMilli, capacityMilli: own = capacityMilli } of usage)
        market.usage.set(slot, { usedMilli, capacityMilli: own });
    },
    () => {
      market.events.push(...events);
      market.sequence = batch.sequence;
    },
  ];
}
