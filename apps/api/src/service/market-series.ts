import type { AnswerOf, QueryOf } from '#contracts';
import type { Clock, ReadSeries, Viewer } from '#market';
import { answer } from '../http/answer.js';
import { seriesRangeOf, seriesView } from '../views/search-views.js';

/** Series as they are asked for: what is left out counts from now. */
export class MarketSeries {
  constructor(
    private readonly readSeries: ReadSeries,
    private readonly clock: Clock,
  ) {}

  async read(place: { readonly viewer: Viewer; readonly marketId: bigint }, query: QueryOf<'readSeries'>): Promise<AnswerOf<'readSeries'>> {
    const range = seriesRangeOf(query, this.clock.nowMs());
    return answer(this.readSeries.run({ ...place, ...range }), { series: seriesView(range) });
  }
}
