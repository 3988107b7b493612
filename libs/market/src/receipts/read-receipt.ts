import { invariant } from '#units';
import type { BidReader, Viewer } from '../reading/ports.js';
import type { ReceiptReader } from './ports.js';
import { type Receipt, receiptFindings, receiptIn, receiptOf } from './receipt.js';
import type { Finding } from './rows.js';

/** A bid's place in the chain of its market's receipts, or why there is none yet. */
export type ReceiptOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'waiting'; readonly bidId: bigint; readonly marketId: bigint; readonly sequence: bigint | undefined }
  | {
      readonly kind: 'sealed';
      readonly bidId: bigint;
      readonly marketId: bigint;
      readonly sequence: bigint;
      readonly receipt: Receipt;
      /** What is not any more as it was when the receipt was written; nothing where all of it is. */
      readonly findings: readonly Finding[];
    };

/** The receipt of a bid's decision, held against the rows that are stored now and against the receipt before it. */
export class ReadReceipt {
  constructor(
    private readonly bids: Pick<BidReader, 'find'>,
    private readonly reader: ReceiptReader,
  ) {}

  async run(viewer: Viewer, bidId: bigint): Promise<ReceiptOutcome> {
    const bid = await this.bids.find(viewer, bidId);
    if (!bid) return { kind: 'not_found' };
    const { marketId, decision } = bid;
    if (!decision) return { kind: 'waiting', bidId, marketId, sequence: undefined };
    const { sequence } = decision;
    const { head, record } = await this.reader.entry(marketId, sequence);
    if (!record.receipt) return { kind: 'waiting', bidId, marketId, sequence };
    invariant(head !== undefined, 'receipts are written in the order of the log');
    const receipt = receiptIn(record.receipt);
    return {
      kind: 'sealed',
      bidId,
      marketId,
      sequence,
      receipt,
      findings: receiptFindings(receipt, receiptOf(marketId, record, head), record),
    };
  }
}
