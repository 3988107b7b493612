import type { AnswerOf } from '#contracts';
import { ListIncidents } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { incidentsView } from '../views/window-views.js';

/** What failed. */
@Controller()
export class IncidentsController {
  constructor(private readonly listIncidents: ListIncidents) {}

  @Serves('listIncidents')
  list(@In() { caller, params }: Input<'listIncidents'>): Promise<AnswerOf<'listIncidents'>> {
    return answer(this.listIncidents.run({ caller, ...params }), { incidents: incidentsView });
  }
}
