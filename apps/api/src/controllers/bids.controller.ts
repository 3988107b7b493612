import type { AnswerOf } from '#contracts';
import { ExplainBid, QuoteBid, ReadBids, ReadDensity } from '#market';
import { Controller } from '@nestjs/common';
import { BidBodies } from '../bidding/bid-bodies.js';
import { quoteIdFor } from '../bidding/quotes.js';
import { answer } from '../http/answer.js';
import { cursorOf, idOfCursor } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import type { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { partyOf } from '../http/turns.js';
import { bidView, quoteReply } from '../views/bid-views.js';
import { densityView } from '../views/density-view.js';
import { whyView } from '../views/why-view.js';

/** What is asked about bids; they are placed by bidding/bid-routes.ts. */
@Controller()
export class BidsController {
  constructor(
    private readonly readBids: ReadBids,
    private readonly quoteBid: QuoteBid,
    private readonly explainBid: ExplainBid,
    private readonly bodies: BidBodies,
    private readonly readDensity: ReadDensity,
  ) {}

  @Serves('quoteBid')
  quote(@In() { caller, params, body, isGone }: Input<'quoteBid'>): Promise<Reply<AnswerOf<'quoteBid'>>> {
    return answer(this.quoteBid.run({ ...partyOf(caller, isGone), ...params, keyId: caller.keyId, body: this.bodies.read(body) }), {
      quoted: (outcome) => quoteReply(outcome, quoteIdFor(this.bodies.forms, { ...params, body }, outcome.priceVersion, outcome.best)),
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

  @Serves('readDensity')
  density(@In() { caller, params }: Input<'readDensity'>): Promise<AnswerOf<'readDensity'>> {
    return answer(this.readDensity.run(caller, params.bidId), { density: densityView });
  }

  @Serves('explainBid')
  explain(@In() { caller, params, isGone }: Input<'explainBid'>): Promise<AnswerOf<'explainBid'>> {
    return answer(this.explainBid.run({ ...partyOf(caller, isGone), viewer: caller, ...params }), {
      explained: (outcome) => whyView(outcome, this.bodies.forms),
    });
  }
}
