import type { AnswerOf } from '#contracts';
import { CancelAllocation, ExplainPayment, QuoteCancellation, ReadAllocations } from '#market';
import { Controller } from '@nestjs/common';
import { BidBodies } from '../bidding/bid-bodies.js';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { partyOf } from '../http/turns.js';
import { allocationsView, allocationView } from '../views/allocation-views.js';
import { cancellationProblem, cancellationQuoteView, cancellationTermsOf, cancelledView } from '../views/cancellation-views.js';
import { paymentView } from '../views/payment-view.js';

/** What was sold, and what becomes of it. */
@Controller()
export class AllocationsController {
  constructor(
    private readonly readAllocations: ReadAllocations,
    private readonly bodies: BidBodies,
    private readonly quoteCancellation: QuoteCancellation,
    private readonly cancelAllocation: CancelAllocation,
    private readonly explainPayment: ExplainPayment,
  ) {}

  @Serves('listAllocations')
  list(@In() { caller, query }: Input<'listAllocations'>): Promise<AnswerOf<'listAllocations'>> {
    return answer(this.readAllocations.list({ viewer: caller, ...query, ...rangeOf(query) }), { page: allocationsView });
  }

  @Serves('getAllocation')
  get(@In() { caller, params }: Input<'getAllocation'>): Promise<AnswerOf<'getAllocation'>> {
    return answer(this.readAllocations.find(caller, params.bidId), { found: ({ life }) => allocationView(life, this.bodies) });
  }

  @Serves('explainPayment')
  prices(@In() { caller, params, isGone }: Input<'explainPayment'>): Promise<AnswerOf<'explainPayment'>> {
    return answer(this.explainPayment.run({ ...partyOf(caller, isGone), viewer: caller, ...params }), { explained: paymentView });
  }

  @Serves('quoteCancellation')
  quote(@In() { caller, params }: Input<'quoteCancellation'>): Promise<AnswerOf<'quoteCancellation'>> {
    return answer(this.quoteCancellation.run({ caller, ...params }), { quoted: ({ quote }) => cancellationQuoteView(quote) });
  }

  @Serves('cancelAllocation')
  cancel(@In() { caller, params, body }: Input<'cancelAllocation'>): Promise<AnswerOf<'cancelAllocation'>> {
    return answer(this.cancelAllocation.run({ caller, ...params, quote: cancellationTermsOf(body, params) }), {
      cancelled: cancelledView,
      outdated: cancellationProblem,
    });
  }
}
