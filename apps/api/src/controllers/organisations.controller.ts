import type { AnswerOf } from '#contracts';
import { CreateOrganisation, ListOrganisations } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { rangeOf } from '../http/cursor.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { organisationsView, organisationView } from '../views/tenancy-views.js';

/** Organisations. */
@Controller()
export class OrganisationsController {
  constructor(
    private readonly createOrganisation: CreateOrganisation,
    private readonly listOrganisations: ListOrganisations,
  ) {}

  @Serves('createOrganisation')
  create(@In() { caller, body }: Input<'createOrganisation'>): Promise<AnswerOf<'createOrganisation'>> {
    return answer(this.createOrganisation.run({ caller, ...body }), { created: ({ organisation }) => organisationView(organisation) });
  }

  @Serves('listOrganisations')
  list(@In() { caller, query }: Input<'listOrganisations'>): Promise<AnswerOf<'listOrganisations'>> {
    return answer(this.listOrganisations.run({ caller, ...rangeOf(query) }), {
      page: organisationsView,
    });
  }
}
