import type { LogEvent } from '#log';
import type { DecidedBid } from './ports.js';

/** The entry of the log that tells of a decision. */
export function decisionEvent({ bidId, decision }: Pick<DecidedBid, 'bidId' | 'decision'>): LogEvent<'bid_accepted' | 'bid_refused'> {
  if (decision.kind === 'refused') return { kind: 'bid_refused', payload: { bidId, code: decision.refusal.code } };
  return { kind: 'bid_accepted', payload: { bidId, completion: decision.completion, paymentMicros: decision.payment } };
}
