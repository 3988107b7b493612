import type { AnswerOf } from '#contracts';
import { ReadAllocations } from '#market';
import { Controller } from '@nestjs/common';
import { BidBodies } from '../bidding/bid-bodies.js';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { allocationsView, allocationView } from '../views/allocation-views.js';

/** What was sold, and what becomes of it. */
@Controller()
export class AllocationsController {
  constructor(
    private readonly readAllocations: ReadAllocations,
    private readonly bodies: BidBodies,
  ) {}

  @Serves('listAllocations')
  list(@In() { caller, query }: Input<'listAllocations'>): Promise<AnswerOf<'listAllocations'>> {
    return answer(this.readAllocations.list({ viewer: caller, ...query, ...rangeOf(query) }), { page: allocationsView });
  }

  @Serves('getAllocation')
  get(@In() { caller, params }: Input<'getAllocation'>): Promise<AnswerOf<'getAllocation'>> {
    return answer(this.readAllocations.find(caller, params.bidId), { found: ({ life }) => allocationView(life, this.bodies) });
  }
}
