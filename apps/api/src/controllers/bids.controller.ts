import type { AnswerOf } from '#contracts';
import { QuoteBid, ReadBids } from '#market';
import { Controller } from '@nestjs/common';
import { PlaceBids } from '../bidding/place-bids.js';
import { answer } from '../http/answer.js';
import { cursorOf, idOfCursor } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import type { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { allocationView, bidView, quoteView } from '../views/bid-views.js';

@Controller()
export class BidsController {
  constructor(
    private readonly placeBids: PlaceBids,
    private readonly readBids: ReadBids,
    private readonly quoteBid: QuoteBid,
  ) {}

  @Serves('placeBid')
  place(@In() input: Input<'placeBid'>): Promise<Reply<AnswerOf<'placeBid'>>> {
    return this.placeBids.one(input);
  }

  @Serves('placeBids')
  placeMany(@In() input: Input<'placeBids'>): Promise<Reply<AnswerOf<'placeBids'>>> {
    return this.placeBids.many(input);
  }

  @Serves('quoteBid')
  quote(@In() { caller, params, body }: Input<'quoteBid'>): Promise<AnswerOf<'quoteBid'>> {
    return answer(this.quoteBid.run({ organisationId: caller.organisationId, ...params, body }), {
      quoted: quoteView,
      faults: faultsProblem,
    });
  }

  @Serves('listBids')
  list(@In() { caller, params, query }: Input<'listBids'>): Promise<AnswerOf<'listBids'>> {
    return answer(this.readBids.list({ viewer: caller, ...params, ...query, afterId: idOfCursor(query.cursor) }), {
      page: ({ bids, nextId }) => ({ items: bids.map(bidView), nextCursor: cursorOf(nextId) }),
    });
  }

  @Serves('getBid')
  get(@In() { caller, params }: Input<'getBid'>): Promise<AnswerOf<'getBid'>> {
    return answer(this.readBids.find(caller, params.bidId), { found: ({ bid }) => bidView(bid) });
  }

  @Serves('getAllocation')
  allocation(@In() { caller, params }: Input<'getAllocation'>): Promise<AnswerOf<'getAllocation'>> {
    return answer(this.readBids.allocation(caller, params.bidId), { found: ({ allocation }) => allocationView(allocation) });
  }
}
