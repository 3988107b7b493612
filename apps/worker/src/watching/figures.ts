import type { RepairCommit, WatchResult } from '#market';
import type { BacklogOverview, LedgerFinding, LifecycleOverview } from '#persistence';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { AfterSaleFigures } from './after-sale-figures.js';

/** Buckets of waits, seconds. */
const WAIT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096];

/** What the worker measures of deciding, of the backlog and of the ledger. Only the markets with most waiting bids get a label. */
export class Figures {
  private readonly batches: Histogram;
  private readonly transactions: Histogram;
  private readonly waits: Histogram;
  private readonly leases: Counter<'change'>;
  private readonly overtakings: Counter<'by'>;
  private readonly thoughts: Histogram<'task'>;
  private readonly backlog: Gauge;
  private readonly oldest: Gauge;
  private readonly marketBacklog: Gauge<'market'>;
  private readonly checks: Counter<'result'>;
  private readonly imbalance: Gauge;
  private readonly brokenAccounts: Gauge;
  private readonly afterSale: AfterSaleFigures;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.afterSale = new AfterSaleFigures(registers);
    this.thoughts = new Histogram({
      name: 'eris_think_seconds',
      help: 'Time of tasks on threads, waiting included: building a book (build), deciding a batch (decide).',
      labelNames: ['task'],
      buckets: WAIT_BUCKETS,
      registers,
    });
    this.batches = new Histogram({
      name: 'eris_batch_bids',
      help: 'Bids whose decisions were written together.',
      buckets: BATCH_BUCKETS,
      registers,
    });
    this.transactions = new Histogram({
      name: 'eris_batch_seconds',
      help: 'Time of what is written together, from taking the leases to the commit.',
      buckets: WAIT_BUCKETS,
      registers,
    });
    this.waits = new Histogram({
      name: 'eris_decision_seconds',
      help: 'From being stored to being decided: of the bids of one batch a second.',
      buckets: WAIT_BUCKETS,
      registers,
    });
    this.leases = new Counter({
      name: 'eris_lease_changes_total',
      help: 'Markets that this worker took (taken), and that it found held by another one (busy).',
      labelNames: ['change'],
      registers,
    });
    this.overtakings = new Counter({
      name: 'eris_batches_overtaken_total',
      help: 'Batches that were not written and decided again: a market or its lease had changed (stale), or the money of a bidder (funds_moved), or writing failed (failed).',
      labelNames: ['by'],
      registers,
    });
    this.backlog = new Gauge({ name: 'eris_backlog_bids', help: 'Bids that wait for their decision.', registers });
    this.oldest = new Gauge({ name: 'eris_backlog_oldest_seconds', help: 'How long the oldest of them has waited.', registers });
    this.marketBacklog = new Gauge({
      name: 'eris_market_backlog_bids',
      help: 'Bids that wait, in the 20 markets with most of them.',
      labelNames: ['market'],
      registers,
    });
    this.checks = new Counter({
      name: 'eris_ledger_checks_total',
      help: 'Checks of the ledger, by result: sound or broken.',
      labelNames: ['result'],
      registers,
    });
    this.imbalance = new Gauge({ name: 'eris_ledger_imbalance_micros', help: 'Sum of all balances: 0 unless broken.', registers });
    this.brokenAccounts = new Gauge({
      name: 'eris_ledger_broken_accounts',
      help: 'Accounts whose balance is not the sum of their entries, among those of the last check.',
      registers,
    });
  }

  batch(bids: number, seconds: number): void {
    this.batches.observe(bids);
    this.transactions.observe(seconds);
  }

  /** A task has ended on a thread. */
  thought(task: string, seconds: number): void {
    this.thoughts.observe({ task }, seconds);
  }

  /** Shows how many tasks wait for a thread, and how many threads there are. */
  thinking(pool: { readonly waiting: number; readonly threads: number }): void {
    const registers = [this.registry];
    const waiting: Gauge = new Gauge({
      name: 'eris_think_waiting',
      help: 'Tasks that wait for a thread.',
      registers,
      collect: () => waiting.set(pool.waiting),
    });
    const threads: Gauge = new Gauge({
      name: 'eris_think_threads',
      help: 'Threads that there are.',
      registers,
      collect: () => threads.set(pool.threads),
    });
  }

  wait(seconds: number): void {
    this.waits.observe(seconds);
  }

  lease(change: 'taken' | 'busy'): void {
    this.leases.inc({ change });
  }

  conflicted(by: 'stale' | 'funds_moved' | 'failed'): void {
    this.overtakings.inc({ by });
  }

  waiting({ bids, oldestSeconds, markets }: BacklogOverview): void {
    this.backlog.set(bids);
    this.oldest.set(oldestSeconds);
    this.marketBacklog.reset();
    for (const market of markets) this.marketBacklog.set({ market: market.marketId.toString() }, market.bids);
  }

  lifecycle(overview: LifecycleOverview): void {
    this.afterSale.overview(overview);
  }

  /** Those whom a window has hit were dealt with. */
  dealt(records: RepairCommit['records']): void {
    this.afterSale.dealt(records);
  }

  /** Heartbeats were looked at. */
  sites(result: WatchResult): void {
    this.afterSale.sites(result);
  }

  /** @returns whether the laws hold. */
  ledger({ imbalanceMicros, brokenAccounts }: LedgerFinding): boolean {
    const isSound = imbalanceMicros === 0n && brokenAccounts.length === 0;
    this.checks.inc({ result: isSound ? 'sound' : 'broken' });
    this.imbalance.set(Number(imbalanceMicros));
    this.brokenAccounts.set(brokenAccounts.length);
    return isSound;
  }
}
