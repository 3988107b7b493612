import type { Clock } from '../clock/index.js';
import { type OnMarketFailed, Rests } from '../rounds/index.js';
import type { ReceiptStore } from './ports.js';
import { chainAfter, type ChainHead, type Receipt, receiptOf } from './receipt.js';
import type { LogRecord } from './rows.js';

/**
 * Writes receipts for what the logs have grown by, apart from deciding: nobody waits for them. A market whose receipts cannot be written is told, and
 * rests: the others go on.
 */
export class AppendReceipts {
  private readonly rests: Rests;

  /** @param onFailed told of each market that fails; without it the round ends with the first. */
  constructor(
    private readonly store: ReceiptStore,
    private readonly clock: Clock,
    onFailed?: OnMarketFailed,
  ) {
    this.rests = new Rests(onFailed);
  }

  /**
   * Seals page after page, the markets in turn, until every log has its receipts or the time is used up.
   * @param budgetMs after so long no further page is begun. @returns how many receipts were written.
   */
  async run(budgetMs: number): Promise<number> {
    const endMs = this.clock.nowMs() + budgetMs;
    let sealed = 0;
    const unsealed = await this.store.unsealed();
    this.rests.keepOnly(new Set(unsealed));
    const markets = new Set(unsealed.filter((marketId) => !this.rests.isResting(marketId, this.clock.nowMs())));
    while (markets.size > 0) {
      for (const marketId of markets) {
        if (this.clock.nowMs() >= endMs) return sealed;
        const count = (await this.rests.attempt(marketId, this.clock.nowMs(), () => this.sealPage(marketId))) ?? 0;
        if (count === 0) markets.delete(marketId);
        sealed += count;
      }
    }
    return sealed;
  }

  private async sealPage(marketId: bigint): Promise<number> {
    const { head, records } = await this.store.next(marketId);
    if (records.length === 0) return 0;
    await this.store.append(chainOf(marketId, head, records));
    return records.length;
  }
}

/** The receipts of entries that follow each other. */
export function chainOf(marketId: bigint, start: ChainHead, records: readonly LogRecord[]): Receipt[] {
  let head = start;
  return records.map((record) => {
    const receipt = receiptOf(marketId, record, head);
    head = chainAfter(receipt, record.event.kind);
    return receipt;
  });
}
