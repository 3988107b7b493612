import type { RunOutcome } from '#market';
import type { LedgerFinding } from '#persistence';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { RunReport } from './market-runner.js';

/** What the worker says about itself: log lines and counters. */
export class Journal implements RunReport {
  readonly registry = new Registry();
  private readonly decisions = new Counter({ name: 'eris_decisions_total', help: 'Bids decided.', registers: [this.registry] });
  private readonly runs = new Counter({
    name: 'eris_runs_total',
    help: 'Runs over a market, by how they ended.',
    labelNames: ['end'],
    registers: [this.registry],
  });
  private readonly troubles = new Counter({
    name: 'eris_troubles_total',
    help: 'What went wrong and was tried again.',
    labelNames: ['part'],
    registers: [this.registry],
  });

  constructor(private readonly log: Logger) {
    collectDefaultMetrics({ register: this.registry });
  }

  ended(marketId: bigint, outcome: RunOutcome): void {
    this.runs.inc({ end: outcome.kind });
    this.decisions.inc(outcome.decided);
    if (outcome.decided > 0) this.log.info({ marketId: marketId.toString(), ...outcome }, 'decided');
  }

  failed(marketId: bigint, cause: unknown, retryInMs: number): void {
    this.runs.inc({ end: 'failed' });
    this.log.error({ marketId: marketId.toString(), err: cause, retryInMs }, 'a run failed; nothing of its last batch stays');
  }

  /** The ledger's laws do not hold: nothing is more urgent. */
  ledgerBroken({ imbalanceMicros, brokenAccounts }: LedgerFinding): void {
    this.log.fatal({ imbalanceMicros: imbalanceMicros.toString(), brokenAccounts: brokenAccounts.map(String) }, 'the ledger is broken');
  }

  /** One market's clock or receipts fail: the others go on. */
  marketTrouble(part: 'clock' | 'receipts', marketId: bigint, cause: unknown, retryInMs: number): void {
    this.troubles.inc({ part });
    this.log.warn({ part, marketId: marketId.toString(), err: cause, retryInMs }, 'trouble with one market; it is tried again');
  }

  trouble(part: 'bell' | 'sweep' | 'clock' | 'receipts' | 'database' | 'watch' | 'thread', cause: unknown): void {
    this.troubles.inc({ part });
    this.log.warn({ part, err: cause }, 'trouble; it is tried again');
  }
}
