import type { RunOutcome } from '#market';
import type { LedgerFinding } from '#persistence';
import type { ProcessReport } from '#runtime';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import type { RunReport } from './market-runner.js';

/** What the worker says about deciding and about the ledger: log lines and counters. */
export class Journal implements RunReport {
  private readonly log: Logger;
  private readonly decisions: Counter;
  private readonly runs: Counter<'end'>;

  constructor(private readonly report: ProcessReport) {
    const registers = [report.registry];
    this.log = report.logger;
    this.decisions = new Counter({ name: 'eris_decisions_total', help: 'Bids decided.', registers });
    this.runs = new Counter({ name: 'eris_runs_total', help: 'Runs over a market, by how they ended.', labelNames: ['end'], registers });
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

  /** A part fails for one market: the others go on. */
  marketTrouble(part: string, marketId: bigint, cause: unknown, retryInMs: number): void {
    this.report.trouble(part, cause, 'trouble with one market; it is tried again', { marketId: marketId.toString(), retryInMs });
  }
}
