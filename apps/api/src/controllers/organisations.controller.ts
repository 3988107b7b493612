import type { AnswerOf } from '#contracts';
import { CreateKey, CreateOrganisation, ListOrganisations } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { KeyRevocation } from '../service/key-revocation.js';
import { createdKeyView, organisationView } from '../views/tenancy-views.js';

@Controller()
export class OrganisationsController {
  constructor(
    private readonly createOrganisation: CreateOrganisation,
    private readonly listOrganisations: ListOrganisations,
    private readonly createKey: CreateKey,
    private readonly revocation: KeyRevocation,
  ) {}

  @Serves('createOrganisation')
  create(@In() { caller, body }: Input<'createOrganisation'>): Promise<AnswerOf<'createOrganisation'>> {
    return answer(this.createOrganisation.run({ caller, ...body }), { created: ({ organisation }) => organisationView(organisation) });
  }

  @Serves('listOrganisations')
  list(@In() { caller }: Input<'listOrganisations'>): Promise<AnswerOf<'listOrganisations'>> {
    return answer(this.listOrganisations.run(caller), { listed: ({ organisations }) => ({ items: organisations.map(organisationView) }) });
  }

  @Serves('createKey')
  addKey(@In() { caller, params, body }: Input<'createKey'>): Promise<AnswerOf<'createKey'>> {
    return answer(this.createKey.run({ caller, ...params, ...body }), { created: createdKeyView });
  }

  @Serves('revokeKey')
  revokeKey(@In() { caller, params }: Input<'revokeKey'>): Promise<undefined> {
    return answer(this.revocation.run({ caller, ...params }), { revoked: () => undefined });
  }
}
