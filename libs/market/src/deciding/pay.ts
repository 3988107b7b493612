import { valueAt } from '#mechanism';
import { invariant } from '#units';
import type { BatchRecord, DecidedBid, DecidingTx, QueuedBid } from './ports.js';

/** Money of a wallet has moved since it was read, and a decision may depend on it. */
export class FundsMoved extends Error {
  override readonly name = 'FundsMoved';
}

/**
 * Locks the wallets that pay until the transaction ends. Where one of them holds more or less than it did, its bids are recorded with what it
 * holds now, as long as neither sum could have made a difference: nobody pays more than finishing at once is worth.
 * @param bids what was decided, in the same order. @throws FundsMoved where the batch has to be decided anew.
 */
export async function lockPayers(tx: DecidingTx, record: BatchRecord, bids: readonly QueuedBid[]): Promise<BatchRecord> {
  const seen = new Map<bigint, bigint>();
  for (const { decision, wallet } of record.decided) {
    if (decision.kind === 'accepted' && decision.payment > 0n) seen.set(wallet.organisationId, wallet.fundsMicros);
  }
  if (seen.size === 0) return record;
  const now = await tx.lockWallets([...seen.keys()]);
  const moved = new Map(now.map((wallet) => [wallet.organisationId, wallet.fundsMicros - (seen.get(wallet.organisationId) ?? 0n)]));
  return { ...record, decided: record.decided.map((decided, index) => withFundsMoved(decided, bids[index], moved)) };
}

function withFundsMoved(decided: DecidedBid, bid: QueuedBid, moved: ReadonlyMap<bigint, bigint>): DecidedBid {
  invariant(decided.bidId === bid.bidId, 'bids were decided in their order');
  const change = moved.get(bid.organisationId) ?? 0n;
  if (change === 0n) return decided;
  const fundsMicros = decided.fundsMicros + change;
  const least = change < 0n ? fundsMicros : decided.fundsMicros;
  if (least < valueAt(bid.body.valuation, 0)) throw new FundsMoved();
  return { ...decided, fundsMicros };
}
