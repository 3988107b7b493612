import type { AnswerOf } from '#contracts';
import { AddSite, ListSites, ReadPrices, SetCapacity } from '#market';
import { Controller, type StreamableFile } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import type { Reply } from '../http/reply.js';
import { Serves } from '../http/serves.js';
import { partyOf } from '../http/turns.js';
import { EventStreams } from '../streams/event-streams.js';
import { sitesView, siteView } from '../views/market-views.js';
import { loweringExpectedBy, previewProblem, previewView, soldProblem } from '../views/preview-views.js';
import { priceView, slotPricesView } from '../views/price-view.js';

/** Sites of a market. */
@Controller()
export class SitesController {
  constructor(
    private readonly addSite: AddSite,
    private readonly listSites: ListSites,
    private readonly setCapacity: SetCapacity,
    private readonly readPrices: ReadPrices,
    private readonly eventStreams: EventStreams,
  ) {}

  @Serves('addSite')
  add(@In() { caller, params, body }: Input<'addSite'>): Promise<AnswerOf<'addSite'>> {
    return answer(this.addSite.run({ caller, ...params, ...body }), { added: ({ site }) => siteView(site), faults: faultsProblem });
  }

  @Serves('listSites')
  list(@In() { caller, params, query }: Input<'listSites'>): Promise<AnswerOf<'listSites'>> {
    return answer(this.listSites.run({ caller, ...params, ...rangeOf(query) }), { page: sitesView });
  }

  @Serves('changeCapacity')
  change(@In() { caller, params, body, ifMatch }: Input<'changeCapacity'>): Promise<AnswerOf<'changeCapacity'>> {
    return answer(this.setCapacity.run({ caller, ...params, ...body, expecting: loweringExpectedBy(ifMatch) }), {
      changed: ({ site }) => ({ ...siteView(site), windowId: null }),
      lowered: ({ site, window }) => ({ ...siteView(site), windowId: window.windowId.toString() }),
      sold: soldProblem,
      outdated: ({ impact, window }) => previewProblem(previewView(impact, window)),
      faults: faultsProblem,
    });
  }

  @Serves('readPrices')
  prices(@In() { caller, params, query, isGone }: Input<'readPrices'>): Promise<AnswerOf<'readPrices'>> {
    return answer(this.readPrices.run({ ...partyOf(caller, isGone), ...params, ...query }, slotPricesView), {
      prices: priceView,
    });
  }

  @Serves('streamEvents')
  events(@In() input: Input<'streamEvents'>): Promise<Reply<StreamableFile>> {
    return this.eventStreams.start(input);
  }
}
