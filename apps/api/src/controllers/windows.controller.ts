import type { AnswerOf } from '#contracts';
import { Beat, CloseWindow, ListWindows, OpenWindow, PreviewWindow } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import { Serves } from '../http/serves.js';
import { expectedBy, previewProblem, previewView } from '../views/preview-views.js';
import { beatView, windowsView, windowView } from '../views/window-views.js';

/** Capacity that is withdrawn. */
@Controller()
export class WindowsController {
  constructor(
    private readonly openWindow: OpenWindow,
    private readonly listWindows: ListWindows,
    private readonly closeWindow: CloseWindow,
    private readonly previewWindow: PreviewWindow,
    private readonly heartbeat: Beat,
  ) {}

  @Serves('openWindow')
  open(@In() { caller, params, body, ifMatch }: Input<'openWindow'>): Promise<AnswerOf<'openWindow'>> {
    return answer(this.openWindow.run({ caller, ...params, ...body, isExpected: expectedBy(ifMatch, body) }), {
      outdated: ({ impact }) => previewProblem(previewView(impact, body)),
      opened: ({ window }) => windowView(window),
      faults: faultsProblem,
    });
  }

  @Serves('previewWindow')
  preview(@In() { caller, params, body }: Input<'previewWindow'>): Promise<AnswerOf<'previewWindow'>> {
    return answer(this.previewWindow.run({ caller, ...params, ...body }), {
      previewed: ({ impact }) => previewView(impact, body),
      faults: faultsProblem,
    });
  }

  @Serves('beat')
  beat(@In() { caller, params, body }: Input<'beat'>): Promise<AnswerOf<'beat'>> {
    return answer(this.heartbeat.run({ caller, ...params, atMs: Date.parse(body.at) }), { heard: beatView });
  }

  @Serves('listWindows')
  list(@In() { caller, params, query }: Input<'listWindows'>): Promise<AnswerOf<'listWindows'>> {
    return answer(this.listWindows.run({ caller, ...params, ...rangeOf(query) }), { page: windowsView });
  }

  @Serves('closeWindow')
  close(@In() { caller, params }: Input<'closeWindow'>): Promise<AnswerOf<'closeWindow'>> {
    return answer(this.closeWindow.run({ caller, ...params }), { closed: () => undefined });
  }
}
