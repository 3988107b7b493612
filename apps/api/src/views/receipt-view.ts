import type { AnswerOf } from '#contracts';
import type { ReceiptOutcome } from '#market';

type Answer = AnswerOf<'readReceipt'>;

/** A receipt as the API tells it, with what its check has found. */
export const receiptView = ({ bidId, receipt, findings }: Extract<ReceiptOutcome, { kind: 'sealed' }>): Answer => ({
  bidId: bidId.toString(),
  receipt: { ...receipt, marketId: receipt.marketId.toString(), sequence: receipt.sequence.toString() },
  findings: findings.map(({ table, key, detail }) => ({ table, key, detail })),
});

/** A bid without a receipt. */
export const waitingView = ({ bidId }: Extract<ReceiptOutcome, { kind: 'waiting' }>): Answer => ({
  bidId: bidId.toString(),
  receipt: null,
  findings: [],
});
