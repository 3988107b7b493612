import { type AnswerOf, faultsOf, LIMITS } from '#contracts';
import type { BidRecord, Clock, QuoteCancellation, ReadAllocations, UndecidedBids } from '#market';
import { problemOfOutcome } from '../http/answer.js';
import type { Input } from '../http/input.js';
import { ProblemError } from '../http/problem-error.js';
import type { Reply } from '../http/reply.js';
import { partyOf } from '../http/turns.js';
import { cancellationQuoteView, cancellationTermsOf } from '../views/cancellation-views.js';
import type { BidBodies } from './bid-bodies.js';
import type { PlaceBids } from './place-bids.js';

const OVER: ReadonlySet<string> = new Set(['completed', 'cancelled', 'failed']);

/** What changes need beside the way of bids. */
export interface ChangeParts {
  readonly placeBids: PlaceBids;
  readonly bodies: Pick<BidBodies, 'forms'>;
  readonly allocations: Pick<ReadAllocations, 'find'>;
  readonly quotes: Pick<QuoteCancellation, 'run'>;
  readonly keyed: Pick<UndecidedBids, 'answerOf'>;
  readonly clock: Clock;
}

/** Changes allocations: a bid that names the allocation whose place it takes, by the way of all bids. Whoever decides it decides both. */
export class ChangeAllocation {
  constructor(private readonly parts: ChangeParts) {}

  /** 200 with the decision, 202 where that did not come in time. */
  async run(input: Input<'changeAllocation'>): Promise<Reply<AnswerOf<'changeAllocation'>>> {
    const { placeBids, allocations, clock } = this.parts;
    const { caller, params, idempotencyKey, body } = input;
    const terms = cancellationTermsOf(body, params);
    const outcome = await allocations.find(caller, params.bidId);
    if (outcome.kind !== 'found') throw problemOfOutcome(outcome);
    const { summary: found } = outcome.life;
    const place = { marketId: found.marketId, keyId: caller.keyId, ...partyOf(caller), idempotencyKey };
    const replaces = { bidId: params.bidId.toString(), slot: terms.slot, returnedMicros: terms.returnedMicros.toString() };
    const newBid = await placeBids.checked({ ...place, replaces }, this.bidIn(body.bid), '$.bid');
    const closed = OVER.has(found.state) ? 'allocation_over' : clock.nowMs() > terms.expiresMs ? 'quote_expired' : undefined;
    if (closed && !(await this.parts.keyed.answerOf(newBid))) throw new ProblemError(closed);
    const onDecided = (bid: BidRecord, headers: Readonly<Record<string, string>>) => this.failWhereVoid(input, bid, headers);
    return placeBids.place(input, newBid, { seconds: input.waitSeconds ?? LIMITS.waitSeconds, onDecided });
  }

  private bidIn(given: unknown) {
    const { body } = this.parts.bodies.forms;
    const parsed = body.safeParse(given);
    if (parsed.success) return parsed.data;
    throw new ProblemError('invalid_body', { errors: faultsOf(parsed.error, '$.bid') });
  }

  /** Ends a request whose bid was refused since the allocation, or what cancelling it comes to, was no longer what the quote said. */
  private async failWhereVoid(
    { caller, params }: Input<'changeAllocation'>,
    { bidId, decision }: BidRecord,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const reason = decision?.reason;
    if (reason?.code !== 'allocation_over' && reason?.code !== 'cancellation_outdated') return;
    const { code, detail } = reason;
    const told = { detail, bidId: bidId.toString() };
    if (code === 'allocation_over') throw new ProblemError(code, told, headers);
    const again = await this.parts.quotes.run({ caller, ...params });
    if (again.kind !== 'quoted') throw problemOfOutcome(again);
    throw new ProblemError(code, { ...told, cancellation: cancellationQuoteView(again.quote) }, headers);
  }
}
