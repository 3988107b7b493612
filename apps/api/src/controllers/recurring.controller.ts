import type { AnswerOf } from '#contracts';
import { EndRecurring, ListRecurring, PreviewRecurring, Recur, SkipOccurrence } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import { Serves } from '../http/serves.js';
import { previewProblem, recurringExpectedBy, recurringPreviewView } from '../views/preview-views.js';
import { madeView, recurringPageView } from '../views/recurring-views.js';

/** Maintenance that comes again and again. */
@Controller()
export class RecurringController {
  constructor(
    private readonly recurring: Recur,
    private readonly previewRecurring: PreviewRecurring,
    private readonly listRecurring: ListRecurring,
    private readonly skipOccurrence: SkipOccurrence,
    private readonly endRecurring: EndRecurring,
  ) {}

  @Serves('recur')
  recur(@In() { caller, params, body, ifMatch }: Input<'recur'>): Promise<AnswerOf<'recur'>> {
    return answer(this.recurring.run({ caller, ...params, ...body, isExpected: recurringExpectedBy(ifMatch, body) }), {
      outdated: ({ would }) => previewProblem(recurringPreviewView(would, body)),
      made: madeView,
      faults: faultsProblem,
    });
  }

  @Serves('previewRecurring')
  preview(@In() { caller, params, body }: Input<'previewRecurring'>): Promise<AnswerOf<'previewRecurring'>> {
    return answer(this.previewRecurring.run({ caller, ...params, ...body }), {
      previewed: ({ would }) => recurringPreviewView(would, body),
      faults: faultsProblem,
    });
  }

  @Serves('listRecurring')
  list(@In() { caller, params, query }: Input<'listRecurring'>): Promise<AnswerOf<'listRecurring'>> {
    return answer(this.listRecurring.run({ caller, ...params, ...rangeOf(query) }), { page: recurringPageView });
  }

  @Serves('skipOccurrence')
  skip(@In() { caller, params, body }: Input<'skipOccurrence'>): Promise<AnswerOf<'skipOccurrence'>> {
    return answer(this.skipOccurrence.run({ caller, ...params, occursMs: Date.parse(body.occurrence) }), {
      skipped: () => undefined,
      faults: faultsProblem,
    });
  }

  @Serves('endRecurring')
  end(@In() { caller, params }: Input<'endRecurring'>): Promise<AnswerOf<'endRecurring'>> {
    return answer(this.endRecurring.run({ caller, ...params }), { ended: () => undefined });
  }
}
