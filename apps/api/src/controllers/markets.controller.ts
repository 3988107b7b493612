import type { AnswerOf } from '#contracts';
import { AdvanceClock, ChangeMarket, CreateMarket, GetMarket, ListMarkets } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import { Serves } from '../http/serves.js';
import { partyOf } from '../http/turns.js';
import { marketChangeOf, marketsView, marketView, newMarketOf } from '../views/market-views.js';

/** Markets, their clocks, prices and events. */
@Controller()
export class MarketsController {
  constructor(
    private readonly createMarket: CreateMarket,
    private readonly listMarkets: ListMarkets,
    private readonly getMarket: GetMarket,
    private readonly changeMarket: ChangeMarket,
    private readonly advanceClock: AdvanceClock,
  ) {}

  @Serves('createMarket')
  create(@In() { caller, body }: Input<'createMarket'>): Promise<AnswerOf<'createMarket'>> {
    return answer(this.createMarket.run({ caller, ...newMarketOf(body) }), { created: ({ market }) => marketView(market) });
  }

  @Serves('listMarkets')
  list(@In() { caller, query }: Input<'listMarkets'>): Promise<AnswerOf<'listMarkets'>> {
    return answer(this.listMarkets.run({ caller, ...rangeOf(query) }), { page: marketsView });
  }

  @Serves('getMarket')
  get(@In() { caller, params }: Input<'getMarket'>): Promise<AnswerOf<'getMarket'>> {
    return answer(this.getMarket.run({ caller, ...params }), { found: ({ market }) => marketView(market) });
  }

  @Serves('changeMarket')
  change(@In() { caller, params, body }: Input<'changeMarket'>): Promise<AnswerOf<'changeMarket'>> {
    return answer(this.changeMarket.run({ caller, ...params, ...marketChangeOf(body) }), {
      changed: ({ market }) => marketView(market),
      faults: faultsProblem,
    });
  }

  @Serves('advanceClock')
  advance(@In() { caller, params, body: { slot, confirm } }: Input<'advanceClock'>): Promise<AnswerOf<'advanceClock'>> {
    return answer(this.advanceClock.run({ ...partyOf(caller), ...params, slot, mayLeap: confirm }), {
      moved: (outcome) => ({ slot: outcome.slot }),
      faults: faultsProblem,
    });
  }
}
