import type { Kinds } from '#kinds';
import { lastOf } from '#units';
import type { AuditSource, MarketAudit } from './ports.js';
import { CHAIN_START, chainAfter, receiptFindings, receiptIn, receiptOf } from './receipt.js';
import type { SlotSales } from './market-rows.js';
import { LogReplay } from './replay-log.js';
import { type Finding, keyOf, type LogRecord } from './rows.js';

/** What a verification has looked at, and what it has found. */
export interface Verification {
  readonly marketId: bigint;
  /** Entries of the log that are as they must be. */
  readonly records: number;
  readonly decisions: number;
  readonly accepted: number;
  /** Payment lines recomputed. */
  readonly lines: number;
  /** Transfers held against the log, each with its two entries. */
  readonly transfers: number;
  /** Receipts held against the log; entries after them are not sealed yet. */
  readonly receipts: number;
  /** Hash of the last receipt; undefined where there is none. */
  readonly chainHead?: string | undefined;
  /** The first entry that differs, or what the end of the log does not lead to; empty where all holds. */
  readonly findings: readonly Finding[];
  /** What is sold per slot, as the replay has it. */
  readonly sales: ReadonlyMap<number, SlotSales>;
}

/** What a verification has found. */
export type VerifyOutcome = { readonly kind: 'verified'; readonly verification: Verification } | { readonly kind: 'market_unknown' };

/** What a verification runs with. */
export interface VerifyOptions {
  readonly kinds: Kinds;
  /** Told how many entries of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Replays a market from its log and compares every row with what the log before it leads to; and the receipts with the rows. Stops at the
 * first entry that differs: what comes after it may only follow from it.
 */
export async function verifyMarket(source: AuditSource, marketId: bigint, options: VerifyOptions): Promise<VerifyOutcome> {
  const verification = await source.within(marketId, (audit) => new Verifier(marketId, audit, options).run());
  return verification ? { kind: 'verified', verification } : { kind: 'market_unknown' };
}

class Verifier {
  private readonly replay: LogReplay;
  private readonly counts = { records: 0, decisions: 0, accepted: 0, lines: 0, transfers: 0, receipts: 0 };
  private chain = CHAIN_START;
  private isChainAtEnd = false;

  constructor(
    private readonly marketId: bigint,
    private readonly audit: MarketAudit,
    private readonly options: VerifyOptions,
  ) {
    this.replay = new LogReplay(audit.market, audit.accounts, options.kinds);
  }

  async run(): Promise<Verification> {
    const total = Number(this.audit.market.sequence);
    for (let after = 0n; ;) {
      const page = await this.audit.records(after);
      if (page.length === 0) return this.report(await this.ends());
      for (const record of page) {
        const findings = this.check(record);
        if (findings.length > 0) return this.report(findings);
        this.count(record);
      }
      after = lastOf(page).sequence;
      this.options.onProgress?.(this.counts.records, total);
    }
  }

  /** The receipt first: it says which row has changed. The replay says what must be there. */
  private check(record: LogRecord): Finding[] {
    return [...this.link(record), ...this.again(record)];
  }

  private again(record: LogRecord): Finding[] {
    try {
      return this.replay.step(record);
    } catch (cause) {
      const { sequence, event } = record;
      return [{ sequence, table: 'event', key: keyOf('event', event), detail: `cannot be replayed: ${messageOf(cause)}` }];
    }
  }

  /** The entry's receipt, where there is one. */
  private link(record: LogRecord): Finding[] {
    if (!record.receipt) {
      this.isChainAtEnd = true;
      return [];
    }
    const { sequence } = record;
    const key = `market_id ${this.marketId}, sequence ${sequence - 1n}`;
    if (this.isChainAtEnd) return [{ sequence: sequence - 1n, table: 'receipt', key, detail: 'is missing' }];
    const expected = receiptOf(this.marketId, record, this.chain);
    const findings = receiptFindings(receiptIn(record.receipt), expected, record);
    if (findings.length > 0) return findings;
    this.chain = chainAfter(expected, record.event.kind);
    this.counts.receipts++;
    return [];
  }

  private count({ decision, transfers, allocation }: LogRecord): void {
    this.counts.records++;
    this.counts.decisions += decision ? 1 : 0;
    this.counts.accepted += allocation ? 1 : 0;
    this.counts.lines += allocation ? (JSON.parse(allocation.lines ?? '[]') as unknown[]).length : 0;
    this.counts.transfers += transfers.length;
  }

  private async ends(): Promise<Finding[]> {
    const { market } = this.audit;
    const ends = this.replay.ends(market, await this.audit.sites(), await this.audit.usage());
    return [...ends, ...(await this.audit.strays())];
  }

  private report(findings: readonly Finding[]): Verification {
    const chainHead = this.counts.receipts > 0 ? this.chain.previousHash : undefined;
    return { marketId: this.marketId, ...this.counts, chainHead, findings, sales: this.replay.sales };
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
