import type { AnswerOf } from '#contracts';
import { CloseWindow, ListWindows, OpenWindow } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { faultsProblem } from '../http/problem-error.js';
import { Serves } from '../http/serves.js';
import { windowsView, windowView } from '../views/window-views.js';

/** Capacity that is withdrawn. */
@Controller()
export class WindowsController {
  constructor(
    private readonly openWindow: OpenWindow,
    private readonly listWindows: ListWindows,
    private readonly closeWindow: CloseWindow,
  ) {}

  @Serves('openWindow')
  open(@In() { caller, params, body }: Input<'openWindow'>): Promise<AnswerOf<'openWindow'>> {
    return answer(this.openWindow.run({ caller, ...params, ...body }), {
      opened: ({ window }) => windowView(window),
      faults: faultsProblem,
    });
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
