import type { AnswerOf } from '#contracts';
import { ListLevels, ReadBook, ReadPriceHistory, SearchBids } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { partyOf } from '../http/turns.js';
import { MarketSeries } from '../service/market-series.js';
import { bookView } from '../views/book-view.js';
import { levelsView } from '../views/level-view.js';
import { priceHistoryOf, priceHistoryView, unnamedProblem } from '../views/price-history-view.js';
import { groupingOf, groupsView, searchOf, searchView } from '../views/search-views.js';

/** What a market looks like: its book at any moment, what happened, and bids by what they are. */
@Controller()
export class ViewsController {
  constructor(
    private readonly readBook: ReadBook,
    private readonly searchBids: SearchBids,
    private readonly series: MarketSeries,
    private readonly listLevels: ListLevels,
    private readonly readPriceHistory: ReadPriceHistory,
  ) {}

  @Serves('readBook')
  book(@In() { caller, params, query: { at, ...part }, isGone }: Input<'readBook'>): Promise<AnswerOf<'readBook'>> {
    return answer(this.readBook.run({ ...partyOf(caller, isGone), ...params, ...part, ...(at !== undefined && { at: BigInt(at) }) }), {
      book: bookView,
    });
  }

  @Serves('listPriceHistory')
  prices(@In() { caller, params, query, isGone }: Input<'listPriceHistory'>): Promise<AnswerOf<'listPriceHistory'>> {
    return answer(this.readPriceHistory.run({ ...partyOf(caller, isGone), ...params, ...priceHistoryOf(query) }), {
      page: priceHistoryView(query),
      unnamed: unnamedProblem,
    });
  }

  @Serves('readSeries')
  history(@In() { caller, params, query }: Input<'readSeries'>): Promise<AnswerOf<'readSeries'>> {
    return this.series.read({ viewer: caller, ...params }, query);
  }

  @Serves('listLevels')
  levels(@In() { caller, params, query }: Input<'listLevels'>): Promise<AnswerOf<'listLevels'>> {
    return answer(this.listLevels.run({ viewer: caller, ...params, ...rangeOf(query) }), { page: levelsView });
  }

  @Serves('searchBids')
  search(@In() { caller, params, query }: Input<'searchBids'>): Promise<AnswerOf<'searchBids'>> {
    return answer(this.searchBids.search({ viewer: caller, ...params, ...searchOf(query) }), { page: searchView(query) });
  }

  @Serves('groupBids')
  groups(@In() { caller, params, query }: Input<'groupBids'>): Promise<AnswerOf<'groupBids'>> {
    return answer(this.searchBids.group({ viewer: caller, ...params, ...groupingOf(query) }), { page: groupsView(query) });
  }
}
